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
equal "frames are as large as their hits" "" "$(awk -F, '
	FILENAME ~ /rules/ { hits[$1 "," $2 "," $3] = $8; next }
	FNR > 1 && $7 != "" && hits[$1 "," $2 "," $3] != $4' run/provider_rules.csv run/worklist.csv)"
equal "a sample has as many rows as it says" "" "$(awk -F, '
	NR > 1 && $7 != "" { count[$1 $3 $7]++; size[$1 $3 $7] = $5 }
	END { for (list in count) if (count[list] != size[list]) print list }' run/worklist.csv)"
equal "its size by the finite population correction, 65 for a large frame" "" "$(awk -F, '
	$7 == "random" { want = 65 * $4 / (65 + $4 - 1); want = int(want) + (want > int(want)) }
	$7 == "random" && $5 != want' run/worklist.csv)"
equal "orders are 1 and on within a frame" "" "$(awk -F, '
	NR > 1 && $7 != "" && $8 != ++order[$1 $3]' run/worklist.csv)"
equal "nothing is drawn of what is counted only, and that is said" "" "$(awk -F, '
	FILENAME ~ /rules/ { if ($5 == 1 && $3 ~ /^(EM|STA)/) flagged[$1] += $3 != "EM-04"; next }
	FNR > 1 { lead[$1] = 1 }
	/,0,1,,0,,,,.*nothing is drawn: the frame is/ { said[$1]++; some = 1 }
	END { for (npi in lead) if (flagged[npi] != said[npi]) print npi; if (!some) print "none" }
' run/provider_rules.csv run/worklist.csv)"
equal "no unit is drawn twice" "" "$(awk -F, '$7 == "random" && seen[$1 $3 $9 " " $10]++' run/worklist.csv)"
exits "all findings" 0 scan all --findings all made/claims.csv
equal "what is drawn are findings of the rule and provider" "" "$(awk -F, '
	FILENAME ~ /findings/ { found[$1 " " $4 " " $5] = 1; next }
	FNR > 1 && $7 != "" && !(($3 " " $9 " " $10) in found)' all/findings.csv run/worklist.csv)"
equal "none drawn at random has more dollars than the judgement list" "" "$(awk -F, '
	{ split($12, part, "[$]"); dollars = part[2] + 0 }
	$3 == "PRV-01" && $7 == "random" && dollars > most { most = dollars }
	$3 == "PRV-01" && $7 == "judgement" { first = first ? first : dollars; last = dollars }
	END { if (first < most || last > first || first == 0) print first, last, most }' run/worklist.csv)"
for way in -j1 "-j2 --findings all" "-j3 --memory 150M --io pread"; do
	# shellcheck disable=SC2086
	exits "$way" 0 scan other $way made/claims.csv
	same "$way: the same bytes" run other worklist.csv
done
(head -n 1 made/claims.csv && tail -n +60000 made/claims.csv) >second.csv
head -n 59999 made/claims.csv >first.csv
exits "cut in two" 0 scan other second.csv first.csv
same "cut in two: the same bytes" run other worklist.csv

exits "another seed" 0 scan other --worklist-seed 2 made/claims.csv
equal "another seed is another sample of the same size" "$(rows random PRV-01)" \
	"$(awk -F, '$7 == "random" && $3 == "PRV-01" && $6 == 2' other/worklist.csv | wc -l)"
equal "of other claims" 1 "$(cmp -s run/worklist.csv other/worklist.csv; echo $?)"
exits "a wider half-width" 0 scan other --worklist-width 0.2 --worklist-level 0.95 made/claims.csv
equal "is a smaller sample: 21 before the correction" "" "$(awk -F, '
	$7 == "random" { want = 21 * $4 / (21 + $4 - 1); want = int(want) + (want > int(want)) }
	$7 == "random" && $5 != want' other/worklist.csv)"
equal "the manifest says so" 1 "$(grep -c '"worklist-width": "0.200000"' other/manifest.json)"
exits "without evidence nothing is drawn" 0 scan other --findings none made/claims.csv
equal "but there is a header" 1 "$(wc -l <other/worklist.csv)"
exits "a width of nothing" 64 scan other --worklist-width 0 made/claims.csv
says "a width of nothing: what is wanted" "wants a share from 0.01 to 0.500"
exits "a level in percent" 64 scan other --worklist-level 90% made/claims.csv
