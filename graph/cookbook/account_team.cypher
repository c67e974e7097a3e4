// Who of ours is in the team of an account, and for how much of their time?
//
// `all_accounts` adds up their shares over every team; `threads` are those to people of the account.
//
// $account     text = null      only this account
// $as_of       date = today     people in post on this day
// $thread_min  number = policy  a tie from this strength on is a thread
MATCH (our:Person)-[member:MEMBER_OF]->(team:AccountTeam)-[:OF_ACCOUNT]->(account:Organisation)
WHERE ($account IS NULL OR account.id = $account)
  AND EXISTS { (our)-[job:EMPLOYED_BY]->(:Organisation)
    WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
WITH account, our, max(coalesce(member.core, false)) AS core, max(member.share_of_time) AS share
CALL {
  WITH our
  MATCH (our)-[any:MEMBER_OF]->(every:AccountTeam)
  WITH every, max(coalesce(any.share_of_time, 0.0)) AS most ORDER BY every.id
  RETURN sum(most) AS all_accounts
}
RETURN account.id AS account, account.name AS account_name, our.id AS ours, our.name AS our_name, core, share,
  all_accounts,
  COUNT {
    MATCH (our)-[tie:ENGAGES]->(p:Person) WHERE tie.strength >= $thread_min
      AND EXISTS { (p)-[post:EMPLOYED_BY]->(account)
        WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true) }
    RETURN DISTINCT p
  } AS threads
ORDER BY account, core DESC, share DESC, ours
