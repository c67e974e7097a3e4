// Which planned actions are late?
//
// Due, neither done nor dropped; `days` since they were due. One line for each, also where several of theirs
// come: `stakeholder` is whom it is about, `also` the others.
//
// $account  text = null   only this account
// $ours     text = null   only actions of this person of ours
// $as_of    date = today  the day after which an action that was due before is late
MATCH (action:Action)-[:OF_ACCOUNT]->(account:Organisation)
WHERE action.status IN ['planned', 'proposed', 'started'] AND action.due_on < date($as_of)
  AND ($account IS NULL OR account.id = $account)
MATCH (action)-[:OWNED_BY]->(our:Person) WHERE $ours IS NULL OR our.id = $ours
WITH DISTINCT action, account, our,
  COLLECT {
    MATCH (action)-[:TARGETS]->(p:Person)
    WITH DISTINCT p, CASE p.id WHEN action.about THEN 0 ELSE 1 END AS place
    RETURN p ORDER BY place, p.id
  } AS people
WHERE people <> []
RETURN action.id AS action, account.id AS account, our.id AS ours, our.name AS our_name,
  people[0].id AS stakeholder, people[0].name AS name, [p IN people[1..] | p.name] AS also,
  action.kind AS kind, action.due_on AS due_on,
  duration.inDays(action.due_on, date($as_of)).days AS days, action.status AS status
ORDER BY due_on, action
