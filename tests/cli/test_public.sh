# SPDX-License-Identifier: Apache-2.0
#
# --public: no count of 1 to 10 is told, and none comes back by subtraction.
# The same claims are scanned with and without it; what is missing from the
# public run is known from the other, and is looked for in the sums.
. "$(dirname "$0")/assert.sh"

scan() {
	to=$1
	shift
	"$program" scan -q --no-timing --force --report csv,json --members made/members.csv \
		--providers made/providers.csv -o "$to" "$@"
}

# parted FILE: commas within quotes become semicolons, quotes go.
parted() {
	awk '{
		count = split($0, part, "\""); line = ""
		for (i = 1; i <= count; i++) { if (i % 2 == 0) gsub(/,/, ";", part[i]); line = line part[i] }
		print line }' "$1"
}

exits "claims are made" 0 "$program" gen --lines 60000 --providers 800 --members 8000 --columns full --dirt all --seed 3 -o made
exits "a scan" 0 scan all made/claims.csv
exits "a public one" 0 scan open --public made/claims.csv
for run in all open; do
	for table in providers provider_rules provider_codes provider_counts rules; do
		parted $run/$table.csv >$run.$table
	done
done

# small TABLE COLUMN...: how many cells of these columns are 1 to 10 (units: above 0).
small() {
	table=$1
	shift
	awk -F, -v names="$*" 'NR == 1 {
			count = split(names, name, " ")
			for (i = 1; i <= NF; i++) for (k = 1; k <= count; k++) if ($i == name[k]) at[i] = 1
			next
		}
		{ for (i in at) if ($i != "" && $i > 0 && $i <= 10) sum++ }
		END { print sum + 0 }' "$table"
}
providers_counts="claims lines beneficiaries units findings lines_flagged peer_n"
equal "without it there are small counts: providers" 1 "$([ "$(small all.providers $providers_counts)" -gt 0 ] && echo 1)"
equal "with it there are none: providers" 0 "$(small open.providers $providers_counts)"
equal "rules of providers" 0 "$(small open.provider_rules evaluated hits peer_n)"
equal "codes" 0 "$(small open.provider_codes lines units)"
equal "months, places, modifiers, digits" 0 "$(small open.provider_counts lines units)"
equal "rules" 0 "$(small open.rules in_scope evaluated not_evaluable hits providers)"
equal "quality.json and the counts of the manifest" "" "$(
	cat open/quality.json open/manifest.json | tr ',{}' '\n\n\n' |
		grep -E '"(records|claims|lines|used|outside_dates|count|present|blank|invalid|repaired|matched|unmatched|negative|beneficiaries|without_beneficiary|flag|zero_paid|professional_lines|birth_date|sex|death_date|quarantined)": ([1-9]|10)$')"
equal "no findings, no claim ids, no worklist, no norms" "1 0 no no" "$(wc -l <open/findings.csv) $(awk -F, 'NR > 1 && $23 != ""' open.provider_rules | wc -l) $([ -e open/worklist.csv ] && echo yes || echo no) $([ -e open/norms.csv ] && echo yes || echo no)"
equal "the manifest says so" 1 "$(grep -c '"public": true' open/manifest.json)"
equal "and how much" 1 "$(grep -cE '"suppressed": \{"rows": [0-9]{4,}, "cells": [0-9]{4,}\}' open/manifest.json)"

# What is told is true.
equal "what is told is as in the other run" "" "$(awk -F, '
	FNR == NR { row[$1 "," $2 "," $3 "," $4] = $7 "," $8 "," $9; next }
	FNR > 1 && $7 != "" && row[$1 "," $2 "," $3 "," $4] != $7 "," $8 "," $9' all.provider_rules open.provider_rules | head -n 3)"

# attack: lines of "set row count told": of each set with a small count missing the missing
# add up to 28 and one a row at least, one of them at least 20; or no row of the set is told.
attack() {
	awk '
		{ sets[$1] = 1 }
		$4 { told[$1]++ }
		!$4 && $3 > 0 { sum[$1] += $3; rows[$1]++; small[$1] += $3 <= 10; cover[$1] += $3 >= 20 }
		END {
			for (set in sets) {
				if (!small[set]) continue
				tried++
				if (told[set] && (rows[set] < 2 || !cover[set] || sum[set] < 28 + rows[set])) print set, sum[set], rows[set]
			}
			if (!tried) print "nothing was tried"
		}'
}
equal "lines of the run by provider" "" "$(awk -F, '
	FNR == NR { told[$1 $2] = 1; next }
	FNR > 1 { print "run", $1 $2, $9, (($1 $2) in told) }' open.providers all.providers | attack)"
equal "claims of the run by provider" "" "$(awk -F, '
	FNR == NR { told[$1 $2] = 1; next }
	FNR > 1 { print "run", $1 $2, $8, (($1 $2) in told) }' open.providers all.providers | attack)"
equal "beneficiaries of the run by provider" "" "$(awk -F, '
	FNR == NR { told[$1 $2] = 1; next }
	FNR > 1 { print "run", $1 $2, $10, (($1 $2) in told) }' open.providers all.providers | attack)"
equal "lines of a provider by code" "" "$(awk -F, '
	FILENAME == "open.providers" { known[$1 $2] = 1; next }
	FILENAME == "open.provider_codes" { told[$1 $2 $3] = 1; next }
	FNR > 1 && ($1 $2) in known { print $1 $2, $3, $4, (($1 $2 $3) in told) }' open.providers open.provider_codes all.provider_codes | attack)"
equal "units of a provider by code" "" "$(awk -F, '
	FILENAME == "open.providers" { known[$1 $2] = 1; next }
	FILENAME == "open.provider_codes" { told[$1 $2 $3] = 1; next }
	FNR > 1 && ($1 $2) in known { print $1 $2, $3, $5, (($1 $2 $3) in told) }' open.providers open.provider_codes all.provider_codes | attack)"
for kind in month pos digit modifier; do
	equal "lines of a provider by $kind" "" "$(awk -F, -v kind=$kind '
		FILENAME == "open.providers" { known[$1 $2] = 1; next }
		$3 != kind { next }
		FILENAME == "open.provider_counts" { told[$1 $2 $4] = 1; next }
		($1 $2) in known { print $1 $2, $4, $5, (($1 $2 $4) in told) }' open.providers open.provider_counts all.provider_counts | attack)"
done
equal "levels and squares, which repeat codes and sums, are not told" 0 \
	"$(awk -F, '$3 == "em" || $3 == "sumsq"' open.provider_counts | wc -l)"
# Of a rule whose hits (or evaluated) are told: its rows of providers.
for column in "hits 12 8" "evaluated 10 7"; do
	# shellcheck disable=SC2086
	set -- $column
	equal "$1 of a rule by provider" "" "$(awk -F, -v total="$2" -v at="$3" '
		FILENAME == "open.rules" { if ($total != "") known[$1] = 1; next }
		$3 ~ /^(EM-0[1-4]|STA|MOD-03|NCC-03|NCC-06|DUP-03|TIM-03|INP-0[1236])/ { next } # tells no counts
		FILENAME == "open.provider_rules" { told[$1 $2 $3] = 1; next }
		FNR > 1 && $3 in known { print $3, $1 $2, $at, (($1 $2 $3) in told) }' open.rules open.provider_rules all.provider_rules | attack)"
done
equal "misses of a rule by provider" "" "$(awk -F, '
	FILENAME == "open.rules" { if ($12 != "" && $10 != "") known[$1] = 1; next }
	$3 ~ /^(EM-0[1-4]|STA|MOD-03|NCC-03|NCC-06|DUP-03|TIM-03|INP-0[1236])/ { next }
	FILENAME == "open.provider_rules" { told[$1 $2 $3] = 1; next }
	FNR > 1 && $3 in known { print $3, $1 $2, $7 - $8, (($1 $2 $3) in told) }' open.rules open.provider_rules all.provider_rules | attack)"
equal "findings of a provider are told only with all its rules" "" "$(awk -F, '
	FILENAME == "open.providers" { if ($15 != "") known[$1 $2] = 1; next }
	FILENAME == "open.provider_rules" { told[$1 $2 $3] = 1; next }
	FNR > 1 && ($1 $2) in known && $8 > 0 && $4 == "" && $3 !~ /^(EM-0[1-4]|STA)/ && !(($1 $2 $3) in told)' \
	open.providers open.provider_rules all.provider_rules | head -n 3)"
equal "reasons name only rules that are told" "" "$(awk -F, '
	FILENAME == "open.provider_rules" { told[$1 $2 $3] = 1; next }
	FNR > 1 && $24 != "" { count = split($24, reason, " [|] ")
		for (i = 1; i <= count; i++) if (!(($1 $2 substr(reason[i], 1, index(reason[i] " ", " ") - 1)) in told)) {
			id = reason[i]; sub(/[: ].*/, "", id); if (!(($1 $2 id) in told)) print $1, id } }' \
	open.provider_rules open.providers | head -n 3)"
exits "another way" 0 scan other --public -j1 made/claims.csv
same "the same bytes" open other
exits "a few lines" 0 scan few --public --rules all "$(narrow_file >few.csv && echo few.csv)"
equal "nobody is told" 1 "$(wc -l <few/providers.csv)"
equal "nor how many lines there were" 1 "$(grep -c '^  "lines": null' few/quality.json)"
equal "nor what was in their columns" 0 "$(tr ',{}' '\n\n\n' <few/quality.json | grep -cE '"(present|blank)": [1-9]')"
exits "--findings all" 0 "$program" scan --public --findings all -o asked few.csv
equal "what cannot be is not advised" "1 0" "$(grep -c 'counted, without dollars' stderr) $(grep -c -- 'findings all\|in findings.csv' stderr)"
