// Who of ours is promised to accounts for more time than there is?
//
// The shares of time in the teams of all accounts, where they add up to more than the whole.
//
// $subject  text = null   only this person
// $as_of    date = today  people in post on this day
MATCH (p:Person)-[member:MEMBER_OF]->(team:AccountTeam)
WHERE ($subject IS NULL OR p.id = $subject) AND member.share_of_time > 0.0
  AND EXISTS { (p)-[post:EMPLOYED_BY]->(:Organisation)
    WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true) }
// A team joined twice by the same person promises the larger share, not both.
WITH p, team, max(toFloatOrNull(member.share_of_time)) AS share
WITH p, count(team) AS teams, sum(share) AS share
WHERE share > 1.0 + 1e-9
RETURN 'over_allocated' AS kind, p.id AS subject,
  coalesce(p.name, p.id) + ' gives ' + toString(toInteger(round(100.0 * share))) + ' % of the time to '
    + toString(teams) + CASE teams WHEN 1 THEN ' account' ELSE ' accounts' END + '.' AS message, share, teams
ORDER BY share DESC, subject
