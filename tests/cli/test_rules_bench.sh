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
exits "bench" 0 "$program" rules bench claims.csv -j1 --rounds 1
equal "its rows" "" "$(awk 'NR > 3 && $1 != "all" { gsub(",", ""); print $1 "," $8 "," $9 }' stdout | LC_ALL=C sort | diff wanted -)"
equal "a cost in the run, or too small to be told" "" "$(awk 'NR > 3 && $1 != "all" && ($5 < 0 || $2 < 0) { print }' stdout)"
equal "duplicates have dollars" "80.00" "$(awk '$1 == "DUP-01" { print $10 }' stdout)"
equal "one round lies nowhere apart" "" "$(awk 'NR > 3 && $1 != "all" && $3 + $6 > 0' stdout)"
exits "five rounds" 0 "$program" rules bench claims.csv --rules DUP-01,VAL-07 -j1
equal "five rounds are said" 1 "$(grep -c 'medians of 5 rounds and how far these lie apart' stdout)"
equal "the spread is a percentage" 2 "$(awk 'NR > 3 && $3 ~ /^[0-9]+$/ && $4 == "%" && $6 ~ /^[0-9]+$/ && $7 == "%"' stdout | wc -l)"
equal "nothing is left behind" "claims.csv run stderr stdout wanted" "$(ls | tr '\n' ' ' | sed 's/ $//')"
exits "in JSON" 0 "$program" rules bench claims.csv --rules DUP-01,VAL-07 --json
equal "two rules" "DUP-01 VAL-07" "$(grep -o '"rule": "[^"]*"' stdout | cut -d'"' -f4 | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"
equal "medians lie between the least and the most" "" "$(tr ',' '\n' <stdout | awk -F': ' '
	/ns_[a-z]*"/ { middle = $2 } /_least"/ && $2 > middle; /_most"/ && $2 < middle')"
equal "rounds" '"rounds": 5' "$(grep DUP-01 stdout | grep -o '"rounds": [0-9]*')"
equal "hits and dollars" '"hits": 1, "dollars": 80.00' "$(grep DUP-01 stdout | grep -o '"hits".*[0-9]')"
exits "no rule" 0 "$program" rules bench claims.csv --rules none --json
equal "an empty array" "[]" "$(cat stdout)"
exits "no rounds" 64 "$program" rules bench claims.csv --rounds 0
exits "no input" 64 "$program" rules bench
exits "standard input" 64 "$program" rules bench -
says "why not" "once for each rule"
exits "no such file" 66 "$program" rules bench missing.csv
exits "no such rule" 64 "$program" rules bench claims.csv --rules VAL-99
exits "help" 0 "$program" rules bench --help
