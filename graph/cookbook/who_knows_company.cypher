// Who of ours knows anybody at a company, or somebody who was there?
//
// Over all accounts: the company with its parents and units, people in post there and those who left it.
//
// $company  text          the organisation's id
// $as_of    date = today  people in post on this day
MATCH (company:Organisation {id: $company})
MATCH (company)-[:PARENT_OF*0..6]-(one:Organisation)
WITH DISTINCT one
MATCH (p:Person)-[post:EMPLOYED_BY]->(one)
WHERE coalesce(post.since <= date($as_of), true)
WITH p, one, max(coalesce(post.until > date($as_of), true)) AS there
MATCH (our:Person)-[tie:ENGAGES]->(p)
WHERE EXISTS { (our)-[job:EMPLOYED_BY]->(:Supplier)
  WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
WITH our, p, one, there, max(coalesce(toFloatOrNull(tie.strength), 0.0)) AS strength,
  max(coalesce(tie.contacted_on, tie.last_on)) AS last_contact
RETURN our.id AS ours, our.name AS our_name, p.id AS person, p.name AS name, one.id AS organisation,
  one.name AS organisation_name, CASE WHEN there THEN 'in post' ELSE 'left' END AS state, strength,
  last_contact
ORDER BY there DESC, strength DESC, ours, person, organisation
