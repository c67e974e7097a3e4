// Which decision makers has nobody of ours a thread to?
//
// Opponents are listed too, since a thread to them is missing as well; `strongest` is our strongest tie.
//
// $account     text = null      only this account
// $as_of       date = today     people in post and assessments of this day
// $thread_min  number = policy  a tie from this strength on is a thread
MATCH (p:Person)-[post:EMPLOYED_BY]->(account:KeyAccount|Distributor|EndCustomer)
WHERE ($account IS NULL OR account.id = $account) AND NOT coalesce(p.placeholder, false)
  AND coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
WITH DISTINCT account, p,
  COLLECT { MATCH (x:Assessment {attribute: 'role'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value IN ['decision_maker', 'evaluator', 'influencer', 'user']
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS role,
  COLLECT { MATCH (x:Assessment {attribute: 'orientation'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value IN ['ally', 'neutral', 'against', 'unknown']
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS orientation,
  [(s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(account) | s.id] AS serving
WHERE role = 'decision_maker'
WITH account, p, orientation,
  COLLECT {
    MATCH (our:Person)-[tie:ENGAGES]->(p)
    WHERE EXISTS { (our)-[job:EMPLOYED_BY]->(s:Supplier)
        WHERE (serving = [] OR s.id IN serving)
          AND coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
    WITH our, max(coalesce(toFloatOrNull(tie.strength), 0.0)) AS strength
    RETURN strength
  } AS strengths
WITH account, p, orientation, reduce(most = 0.0, s IN strengths | CASE WHEN s > most THEN s ELSE most END)
  AS strongest
WHERE strongest < $thread_min
RETURN p.id AS person, p.name AS name, account.id AS account, account.name AS account_name, p.level AS level,
  orientation, strongest
ORDER BY account, level, person
