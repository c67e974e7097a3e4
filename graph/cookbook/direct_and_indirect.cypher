// Which end customers are served direct and through a distributor at once?
//
// The overlap from which channel conflict comes.
MATCH (customer:EndCustomer)
WHERE EXISTS { (:Supplier)-[:SELLS_DIRECT_TO]->(customer) }
  AND EXISTS { (:Distributor)-[:SELLS_TO]->(customer) }
RETURN customer.id AS end_customer, customer.name AS name,
  COLLECT { MATCH (d:Distributor)-[:SELLS_TO]->(customer) RETURN DISTINCT d.name ORDER BY d.name }
    AS distributors,
  reduce(sum = 0.0, v IN [(:Supplier)-[sale:SELLS_DIRECT_TO]->(customer) | coalesce(sale.volume, 0.0)]
    | sum + v) AS direct,
  reduce(sum = 0.0, v IN [(:Distributor)-[sale:SELLS_TO]->(customer) | coalesce(sale.volume, 0.0)]
    | sum + v) AS indirect
ORDER BY indirect DESC, end_customer
