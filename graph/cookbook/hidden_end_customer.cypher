// Which end customers of this distributor does only it know?
//
// Sold to by the distributor or by a tier below it, not by us, and nobody of ours has a tie there. `actual`
// is the number of people of ours with a tie, `volume` what distributors sell there in a year.
//
// $account       text         the distributor's id
// $end_customer  text = null  only this end customer
MATCH (account:Distributor {id: $account})-[:SELLS_TO*1..3]->(customer:EndCustomer)
WHERE customer <> account AND ($end_customer IS NULL OR customer.id = $end_customer)
WITH DISTINCT customer
WHERE NOT EXISTS { (:Supplier)-[:SELLS_DIRECT_TO]->(customer) }
  AND NOT EXISTS { (:Person)-[:ENGAGES]->(:Person)-[:EMPLOYED_BY]->(customer) }
RETURN customer.id AS subject, customer.name AS name, 0 AS actual, 1 AS target,
  reduce(sum = 0.0, v IN [()-[sale:SELLS_TO]->(customer) | coalesce(sale.volume, 0.0)] | sum + v) AS volume
ORDER BY volume DESC, subject
