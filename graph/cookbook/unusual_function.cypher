// In which functions do similar accounts know us, and this one does not?
//
// Similar is an account of the same kind in which at least one thread exists, and, as far as enough accounts
// remain, of the same industry and of similar size (category volume, else our revenue there). The narrowest
// group with enough accounts is taken: kind, industry and size; kind and industry; kind and size; kind.
// `actual` is the number of threads here, `having` of `accounts` similar ones have a thread in the function.
// An expected row of which nobody at all is known is left out: see unknown_seat.
//
// $account             text             the account's id
// $as_of               date = today     people in post and assessments of this day
// $function            text = null      only this function
// $similar_from        number = policy  accounts that the comparison rests on at the least
// $similar_share       number = policy  share of them with a thread from which a function is usual
// $similar_size        number = policy  factor by which similar sizes differ at the most
// $thread_min          number = policy  a tie at least this strong is a thread
// $function_rows       map = policy     function kinds and their rows
// $row_weights         map = policy     expected rows and their weights
// $orientation_values  map = policy     orientations as numbers
// $opponent_below      number = policy  an orientation below this is against
MATCH (account:Organisation {id: $account})
MATCH (one:KeyAccount|Distributor|EndCustomer)
WHERE one = account OR (one:KeyAccount AND account:KeyAccount)
  OR (one:Distributor AND account:Distributor) OR (one:EndCustomer AND account:EndCustomer)
WITH account, one,
  // Who serves the account; where nothing says so, every supplier does.
  COLLECT { MATCH (s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(one)
            RETURN s.id } AS serving,
  COLLECT { MATCH (:Supplier)-[r:SUPPLIES]->(one) WHERE coalesce(r.since <= date($as_of), true)
              AND r.revenue IS NOT NULL RETURN r.revenue } AS revenues
WITH account, one, CASE WHEN revenues = [] THEN null ELSE reduce(sum = 0.0, r IN revenues | sum + r) END
    AS revenue,
  COLLECT {
    MATCH (p:Person)-[post:EMPLOYED_BY]->(one)
    WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
      AND NOT coalesce(p.placeholder, false)
    WITH DISTINCT p, one, serving,
      COLLECT { MATCH (x:Assessment {attribute: 'orientation'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
                  AND x.value IN keys($orientation_values)
                RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS orientation
    WHERE coalesce($orientation_values[orientation], 0.0) >= $opponent_below
      AND EXISTS {
        MATCH (our:Person)-[tie:ENGAGES]->(p) WHERE tie.strength >= $thread_min
          AND EXISTS { (our)-[job:EMPLOYED_BY]->(s:Supplier)
            WHERE (serving = [] OR s.id IN serving) AND coalesce(job.since <= date($as_of), true)
              AND coalesce(job.until > date($as_of), true) }
      }
    RETURN DISTINCT coalesce(COLLECT {
      MATCH (p)-[w:WORKS_IN]->(f:Function {organisation: one.id})
      WHERE coalesce(w.since <= date($as_of), true) AND coalesce(w.until > date($as_of), true)
      RETURN f.kind ORDER BY coalesce(w.since, date('0001-01-01')) DESC, f.kind LIMIT 1 }[0], '')
  } AS threads
WITH account,
  collect(CASE WHEN one <> account AND threads <> [] THEN {id: one.id, industry: one.industry,
    revenue: revenue, volume: one.category_volume, threads: threads} END) AS others,
  head(collect(CASE WHEN one = account THEN {revenue: revenue, threads: threads} END)) AS own,
  COLLECT {
    MATCH (p:Person)-[post:EMPLOYED_BY]->(account)
    WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
    WITH DISTINCT p, COLLECT {
      MATCH (p)-[w:WORKS_IN]->(f:Function {organisation: $account})
      WHERE coalesce(w.since <= date($as_of), true) AND coalesce(w.until > date($as_of), true)
      RETURN f.kind ORDER BY coalesce(w.since, date('0001-01-01')) DESC, f.kind LIMIT 1 }[0] AS function
    RETURN DISTINCT coalesce($function_rows[function], function, 'Unknown')
  } AS seated
WITH own, seated, others,
  [o IN others WHERE account.industry <> '' AND
    toLower(replace(replace(replace(o.industry, ' ', ''), '-', ''), '_', ''))
    = toLower(replace(replace(replace(account.industry, ' ', ''), '-', ''), '_', ''))] AS same_industry,
  [o IN others WHERE CASE
    WHEN account.category_volume > 0 AND o.volume > 0
      THEN o.volume <= $similar_size * account.category_volume
        AND account.category_volume <= $similar_size * o.volume
    WHEN own.revenue > 0 AND o.revenue > 0
      THEN o.revenue <= $similar_size * own.revenue AND own.revenue <= $similar_size * o.revenue
    ELSE false END] AS same_size
WITH own, seated, others, same_industry, same_size,
  [o IN same_industry WHERE o.id IN [s IN same_size | s.id]] AS same
WITH own, seated, CASE
  WHEN size(same) >= $similar_from THEN same
  WHEN size(same_industry) >= $similar_from THEN same_industry
  WHEN size(same_size) >= $similar_from THEN same_size
  WHEN size(others) >= $similar_from THEN others
  ELSE [] END AS similar
UNWIND similar AS one
UNWIND one.threads AS function
WITH own, seated, size(similar) AS accounts, function, count(*) AS having
WHERE function <> '' AND ($function IS NULL OR function = $function)
  AND toFloat(having) / accounts >= $similar_share AND NOT function IN own.threads
  AND (coalesce($function_rows[function], function) IN seated
    OR coalesce($row_weights[coalesce($function_rows[function], function)], 0.0) <= 0)
RETURN function AS subject, function AS name, 0 AS actual, 1 AS target, accounts, having
ORDER BY having DESC, subject
