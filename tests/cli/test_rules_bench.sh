# SPDX-License-Identifier: Apache-2.0
#
# What each rule costs: a row a rule that judged anything, with what the run found.
. "$(dirname "$0")/assert.sh"

{
	narrow_file
	narrow_line C3 1 99214 200.00
} >claims.csv

exits "a run to compare with" 0 scan claims.csv
# RULE,EVALUATED,HITS of rules that are on or on watch
awk -F, 'NR > 1 && $(NF - 6) > 0 { print $1 "," $(NF - 6) "," $(NF - 4) }' run/rules.csv | LC_ALL=C sort >wanted
exits "bench" 0 "$program" rules bench claims.csv -j1
equal "its rows" "" "$(awk 'NR > 3 && $1 != "all" { gsub(",", ""); print $1 "," $4 "," $5 }' stdout | LC_ALL=C sort | diff wanted -)"
equal "a cost in the run, or too small to be told" "" "$(awk 'NR > 3 && $1 != "all" && ($3 < 0 || $2 < 0) { print }' stdout)"
equal "duplicates have dollars" "80.00" "$(awk '$1 == "DUP-01" { print $6 }' stdout)"
equal "nothing is left behind" "claims.csv run stderr stdout wanted" "$(ls | tr '\n' ' ' | sed 's/ $//')"
exits "in JSON" 0 "$program" rules bench claims.csv --rules DUP-01,VAL-07 --json
equal "two rules" "DUP-01 VAL-07" "$(grep -o '"rule": "[^"]*"' stdout | cut -d'"' -f4 | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"
equal "hits and dollars" '"hits": 1, "dollars": 80.00' "$(grep DUP-01 stdout | grep -o '"hits".*[0-9]')"
exits "no rule" 0 "$program" rules bench claims.csv --rules none --json
equal "an empty array" "[]" "$(cat stdout)"
exits "no input" 64 "$program" rules bench
exits "standard input" 64 "$program" rules bench -
says "why not" "once for each rule"
exits "no such file" 66 "$program" rules bench missing.csv
exits "no such rule" 64 "$program" rules bench claims.csv --rules VAL-99
exits "help" 0 "$program" rules bench --help
