# SPDX-License-Identifier: Apache-2.0
#
# worklist.csv: which claims to pull of whom, the same whatever the way.
. "$(dirname "$0")/assert.sh"

# scan RUN OPTIONS... CLAIMS
scan() {
	to=$1
	shift
	"$program" scan -q --no-timing --force --report csv,json --members made/members.csv \
		--providers made/providers.csv -o "$to" "$@"
}

# rows STRATUM FRAME: how many rows.
rows() {
	awk -F, -v stratum="$1" -v frame="$2" '$7 == stratum && $3 == frame' run/worklist.csv | wc -l
}

exits "claims are made" 0 "$program" gen --lines 120000 --providers 800 --members 10000 --months 12 --columns full --seed 3 -o made
exits "they are scanned" 0 scan run made/claims.csv
equal "its columns" npi,id_kind,frame,frame_size,sample_size,seed,stratum,order,claim_id,line,amount,reason \
	"$(head -n 1 run/worklist.csv)"
equal "the excluded provider is in it" "$(awk -F, '$2 == "excluded_provider" { print $1; exit }' made/labels.csv)" \
	"$(awk -F, '$3 == "PRV-01" { print $1; exit }' run/worklist.csv)"
equal "frames are as large as their hits, of visits as those judged" "" "$(awk -F, '
	FILENAME ~ /rules/ { size[$1 "," $2 "," $3 ($4 ? " " $4 : "")] = $3 ~ /^EM/ ? $7 : $8; next }
	FNR > 1 && $7 != "" && $3 != "STA-06 mix" && size[$1 "," $2 "," $3] != $4' run/provider_rules.csv run/worklist.csv)"
equal "a sample has as many rows as it says" "" "$(awk -F, '
	NR > 1 && $7 != "" { count[$1 $3 $7]++; size[$1 $3 $7] = $5 }
	END { for (list in count) if (count[list] != size[list]) print list }' run/worklist.csv)"
equal "its size by the finite population correction, 65 for a large frame" "" "$(awk -F, '
	$7 == "random" { want = 65 * $4 / (65 + $4 - 1); want = int(want) + (want > int(want)) }
	$7 == "random" && $5 != want' run/worklist.csv)"
equal "orders are 1 and on within a frame" "" "$(awk -F, '
	NR > 1 && $7 != "" && $8 != ++order[$1 $3]' run/worklist.csv)"
equal "levels of visits are drawn of that provider's visits" "" "$(awk -F, '
	FILENAME ~ /claims/ && FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	FILENAME ~ /claims/ { if ($at["hcpcs_code"] ~ /^9921[1-5]$/)
		visit[$at["rendering_npi"] " " $at["claim_id"] " " $at["claim_line_number"]] = $at["hcpcs_code"]; next }
	$3 == "EM-01 office_est" { some++; code = substr($12, 7, 5); if (visit[$1 " " $9 " " $10] != code) print $0 }
	END { if (some < 30) print "too few: " some }' made/claims.csv run/worklist.csv)"
equal "two rules of one frame draw the same" "$(awk -F, '$3 == "EM-01 office_est" { print $8, $9, $10 }' run/worklist.csv)" \
	"$(awk -F, '$3 == "EM-03 office_est" { print $8, $9, $10 }' run/worklist.csv)"
equal "no unit is drawn twice" "" "$(awk -F, '$7 == "random" && seen[$1 $3 $9 " " $10]++' run/worklist.csv)"
exits "all findings" 0 scan all --findings all made/claims.csv
equal "what is drawn are findings of the rule and provider" "" "$(awk -F, '
	FILENAME ~ /findings/ { found[$1 " " $4 " " $5] = 1; next }
	FNR > 1 && $7 != "" && $3 !~ /^(EM|STA)-/ && !(($3 " " $9 " " $10) in found)' all/findings.csv run/worklist.csv)"
equal "none drawn at random has more dollars than the judgement list" "" "$(awk -F, '
	{ split($12, part, "[$]"); dollars = part[2] + 0 }
	$3 == "PRV-01" && $7 == "random" && dollars > most { most = dollars }
	$3 == "PRV-01" && $7 == "judgement" { first = first ? first : dollars; last = dollars }
	END { if (first < most || last > first || first == 0) print first, last, most }' run/worklist.csv)"
for way in -j1 "-j2 --findings all" "-j3 --memory 90M --io pread"; do
	# shellcheck disable=SC2086
	exits "$way" 0 scan other $way made/claims.csv
	same "$way: the same bytes" run other worklist.csv
done
(head -n 1 made/claims.csv && tail -n +60000 made/claims.csv) >second.csv
head -n 59999 made/claims.csv >first.csv
exits "cut in two" 0 scan other second.csv first.csv
same "cut in two: the same bytes" run other worklist.csv

exits "a pack of them" 0 "$program" convert -q made/claims.csv -o made.clm
exits "the pack is scanned" 0 scan other made.clm
same "the pack: the same bytes" run other worklist.csv

exits "another seed" 0 scan other --worklist-seed 2 made/claims.csv
equal "another seed is another sample of the same size" "$(rows random PRV-01)" \
	"$(awk -F, '$7 == "random" && $3 == "PRV-01" && $6 == 2' other/worklist.csv | wc -l)"
equal "of other claims" 1 "$(cmp -s run/worklist.csv other/worklist.csv; echo $?)"
exits "a wider half-width" 0 scan other --worklist-width 0.2 --worklist-level 0.95 made/claims.csv
equal "is a smaller sample: 21 before the correction" "" "$(awk -F, '
	$7 == "random" { want = 21 * $4 / (21 + $4 - 1); want = int(want) + (want > int(want)) }
	$7 == "random" && $5 != want' other/worklist.csv)"
equal "the manifest says so" 1 "$(grep -c '"worklist-width": "0.200000"' other/manifest.json)"
exits "a narrow half-width" 0 scan other --worklist-width 0.05 made/claims.csv
equal "a larger sample begins with the smaller one" "" "$(awk -F, '
	$7 != "random" || $3 !~ /^EM/ { next }
	FILENAME ~ /^run/ { small[$1 $3 $8] = $9 " " $10; next }
	{ rows++ }
	($1 $3 $8) in small && small[$1 $3 $8] != $9 " " $10
	END { if (rows < 200) print rows }' run/worklist.csv other/worklist.csv)"
exits "without evidence nothing is drawn" 0 scan other --findings none made/claims.csv
equal "but there is a header" 1 "$(wc -l <other/worklist.csv)"
exits "a width of nothing" 64 scan other --worklist-width 0 made/claims.csv
says "a width of nothing: what is wanted" "wants a share from 0.01 to 0.500"
exits "a level in percent" 64 scan other --worklist-level 90% made/claims.csv

# A month that stands out, dear units, and nothing to draw of a mean.
awk 'BEGIN {
	print "claim_id,claim_line_number,claim_type,person_id,claim_start_date,hcpcs_code,service_unit_quantity," \
		"rendering_npi,specialty_code,provider_state,entity_type,charge_amount,paid_amount"
	for (p = 0; p < 36; p++) for (m = 1; m <= 12; m++) for (i = 0; i < 12; i++) {
		paid = 100 + (p * 31 + m * 17 + i * 7) % 23 + (p == 0 && m == 9 ? 20000 + i : 0)
		printf "C%05d,1,professional,P%04d,2024-%02d-%02d,%s,1,%010d,11,NY,1,%d,%d\n", ++n, n * 7 % 3000,
			m, 1 + i * 2, i % 2 ? "99213" : "93000", 1003000000 + p, 2 * paid, paid
	} }' >spike.csv
exits "a month that stands out" 0 "$program" scan -q --no-timing --force --report csv -o spike spike.csv
equal "its lines are drawn, and it is named" "12 11 12 5" "$(awk -F, '
	$3 == "STA-08" && $12 ~ /of 12 lines of the month of most dollars/ && $12 "," $13 ~ /, 2024-09/ {
		size[$7] = $4 " " $5 }
	END { print size["random"], size["judgement"] }' spike/worklist.csv)"
equal "all of them are of that month" "" "$(awk -F, '
	FILENAME == "spike.csv" { day[$1] = $5; next }
	$3 == "STA-08" && day[$9] !~ /^2024-09/' spike.csv spike/worklist.csv)"
equal "the dearest of them in order" "20126.00 20125.00 20124.00 20123.00 20118.00" \
	"$(awk -F, '$3 == "STA-08" && $7 == "judgement" { print $11 }' spike/worklist.csv | xargs)"
equal "dear units are drawn of their lines" 11 \
	"$(awk -F, '$3 == "STA-01" && $7 == "random" && $4 == 12' spike/worklist.csv | wc -l)"
equal "nothing is drawn of a mean, and that is said" 1 "$(grep -c \
	'STA-01 mean_z,144,0,1,,0,,,,"\{0,1\}STA-01: nothing is drawn: the frame is 144 lines' spike/worklist.csv)"

# Lines are read again also where the next tail is written before; those of a tail are not drawn.
exits "with a tail" 0 "$program" scan -q --no-timing --force --report csv --history tail -o other spike.csv
same "with a tail: the same bytes" spike other worklist.csv
rm -r tail
awk -F, -v OFS=, 'NR == 1 { print >"spring.csv"; print >"autumn.csv"; next }
	{ print >($5 < "2024-07" ? "spring.csv" : "autumn.csv") }' spike.csv
exits "the first months" 0 "$program" scan -q --no-timing --force --report csv --history tail -o other spring.csv
exits "the others beside their tail" 0 "$program" scan -q --no-timing --force --report csv --history tail -o other autumn.csv
equal "lines are drawn of the others alone" "1 0" "$(awk -F, '
	FILENAME == "spring.csv" { old[$1] = 1; next }
	FNR > 1 && $9 != "" { drawn++; wrong += $9 in old }
	END { print (drawn > 20), wrong + 0 }' spring.csv other/worklist.csv)"
