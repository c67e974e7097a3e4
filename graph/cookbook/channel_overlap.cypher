// Which end customers of this account are served direct and through distributors at once?
//
// Of a distributor's account: those that it or a tier below it sells to; of an end customer's: itself.
// `actual` counts the ways in which it is served: direct, and each distributor.
//
// $account       text         the account's id
// $end_customer  text = null  only this end customer
MATCH (account:Organisation {id: $account})-[:SELLS_TO*0..3]->(customer:EndCustomer)
WHERE $end_customer IS NULL OR customer.id = $end_customer
WITH DISTINCT customer,
  COLLECT { MATCH (d)-[:SELLS_TO]->(customer) RETURN DISTINCT d.id ORDER BY d.id } AS distributors
WHERE distributors <> [] AND EXISTS { (:Supplier)-[:SELLS_DIRECT_TO]->(customer) }
RETURN customer.id AS subject, customer.name AS name, 1 + size(distributors) AS actual, 1 AS target,
  distributors,
  reduce(sum = 0.0, v IN [()-[s:SELLS_DIRECT_TO]->(customer) | coalesce(s.volume, 0.0)] | sum + v) AS direct,
  reduce(sum = 0.0, v IN [()-[s:SELLS_TO]->(customer) | coalesce(s.volume, 0.0)] | sum + v) AS indirect
ORDER BY indirect DESC, subject
