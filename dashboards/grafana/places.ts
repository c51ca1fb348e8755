/** What stands for the places of a query in Grafana: macros of the data source's backend, and variables of the dashboard. */

import type { Variable } from '../panel.ts'
import type { Places } from '../panel-sql.ts'

/** What a variable is when nothing is chosen; it goes into a query as it is (Grafana formats no value of All that a dashboard gives). */
export const ALL = "'__all'"
const values = (variable: Variable) => `\${${variable}:singlequote}`

/**
 * Grafana's quoting leaves backslashes alone, and `$` begins a macro or a variable: names with one of them stand in hexadecimal digits in a
 * variable, and only their text is the name.
 */
export const SAFE_VALUE = "if(match(name, '[\\\\\\\\$]|^hex:|^__all'), concat('hex:', hex(name)), name)"

/** The places of Grafana's queries. Names of tables are of the default database of the data source. */
export const grafanaPlaces: Places = {
  database: '',
  from: '$__fromTime',
  to: '$__toTime',
  // Windows are minutes: steps are whole ones.
  step: '(intDiv(greatest($__interval_s, 60) + 59, 60) * 60)',
  isAll: variable => `(${ALL} IN (${values(variable)}))`,
  chosen: variable => `arrayMap(v -> if(startsWith(v, 'hex:'), unhex(substring(v, 5)), v), [${values(variable)}])`,
}
