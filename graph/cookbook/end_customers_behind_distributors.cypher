// Which end customers does only the distributor know?
//
// Sold to by a distributor, not by us, and nobody of ours has a tie there.
MATCH (distributor:Distributor)-[sale:SELLS_TO]->(customer:EndCustomer)
WHERE NOT EXISTS { (:Supplier)-[:SELLS_DIRECT_TO]->(customer) }
  AND NOT EXISTS { (:Person)-[:ENGAGES]->(:Person)-[:EMPLOYED_BY]->(customer) }
WITH customer, distributor, sale ORDER BY distributor.name, distributor.id, sale.brand, sale.volume
RETURN customer.id AS end_customer, customer.name AS name,
  collect(DISTINCT distributor.name) AS distributors, sum(sale.volume) AS volume
ORDER BY volume DESC, end_customer
