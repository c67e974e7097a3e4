// Which planned actions are late?
//
// Due, neither done nor dropped; `days` since they were due.
//
// $account  text = null   only this account
// $ours     text = null   only actions of this person of ours
// $as_of    date = today  the day after which an action that was due before is late
MATCH (action:Action)-[:OF_ACCOUNT]->(account:Organisation)
WHERE action.status IN ['planned', 'proposed', 'started'] AND action.due_on < date($as_of)
  AND ($account IS NULL OR account.id = $account)
MATCH (action)-[:OWNED_BY]->(our:Person) WHERE $ours IS NULL OR our.id = $ours
MATCH (action)-[:TARGETS]->(p:Person)
RETURN DISTINCT action.id AS action, account.id AS account, our.id AS ours, our.name AS our_name,
  p.id AS stakeholder, p.name AS name, action.kind AS kind, action.due_on AS due_on,
  duration.inDays(action.due_on, date($as_of)).days AS days, action.status AS status
ORDER BY due_on, action
