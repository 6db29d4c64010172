# SPDX-License-Identifier: Apache-2.0
#
# Norms of one run for the next, groups and packs of a payer's own, and the same
# bytes whatever instructions the C library may use.
. "$(dirname "$0")/assert.sh"

# scan RUN OPTIONS...
scan() {
	to=$1
	shift
	"$program" scan -q --no-timing --force --report csv,json -o "$to" --members made/members.csv \
		--providers made/providers.csv "$@" made/claims.csv
}

# row RUN NPI RULE COLUMN: a cell of provider_rules.csv whose cells have no commas before it.
row() {
	awk -F, -v npi="$2" -v rule="$3" -v column="$4" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$1 == npi && $3 == rule { print $at[column]; exit }' "$1/provider_rules.csv"
}

exits "claims are made" 0 "$program" gen --lines 200000 --providers 1500 --members 20000 --months 12 --schemes em_upcoding --seed 8 -o made
exits "they are scanned" 0 scan run
coder=$(awk -F, '$4 == "planted" && $5 > most { most = $5; npi = $1 } END { print npi }' made/labels.csv)

# ---- Norms ----
equal "norms have a header" "kind,peer_group,rule,measure,key,n,mean,median,mad,p20,p80,p90,p95,p99,centre,scale,phi,alpha,beta,fee" "$(head -1 run/norms.csv)"
equal "no norm is of fewer than 11" "" "$(awk -F, 'NR > 1 && $6 < 11' run/norms.csv)"
equal "shares of levels add up to 1" "1.000000" "$(awk -F, '$1 == "share" && $4 == "office_est" && !group { group = $2 }
	$1 == "share" && $4 == "office_est" && $2 == group { sum += $7 } END { printf "%.6f", sum }' run/norms.csv)"
exits "the next run compares with them" 0 scan next --norms run/norms.csv
equal "upcoding is flagged beside them" 1 "$(row next "$coder" EM-01 flag)"
equal "there is no rank among peers that are not here" "" "$(row next "$coder" EM-01 percentile)"
equal "a run of one provider has peers then" 1 "$(
	{ head -1 made/claims.csv && grep ",$coder," made/claims.csv; } >alone.csv
	"$program" scan -q --no-timing --report csv -o alone --norms run/norms.csv --providers made/providers.csv alone.csv
	row alone "$coder" EM-01 flag)"
equal "the manifest names what was compared with" 1 "$(grep -c '"norms": "' next/manifest.json)"
exits "norms that are none" 78 scan bad --norms made/labels.csv
says "where" "labels.csv:1: not the header"
{ head -1 run/norms.csv && echo 'peers,11/person/office/all,EM-01,office_est,,many,,,,,,,,,,,,,,'; } >bad.csv
exits "a number that is none" 78 scan bad --norms bad.csv
says "where and what" "bad.csv:2: n is not readable"
{ sed 2q run/norms.csv && sed -n 2p run/norms.csv; } >bad.csv
exits "a norm twice" 78 scan bad --norms bad.csv
exits "no such file" 66 scan bad --norms nowhere.csv

# ---- A payer's own groups and packs ----
{ echo npi,peer_group && awk -F, '$4 ~ /^207Q/ { print $1 ",family doctors" }' made/providers.csv; } >groups.csv
exits "groups are given" 0 scan given --table peer_groups=groups.csv
equal "all of them are in it" "$(($(wc -l <groups.csv) - 1))" "$(grep -c ',family doctors,' given/providers.csv)"
{
	echo pack,measure,specialties,numerator_codes,denominator_codes
	echo 'visits,high_levels,,99215,99212 99213 99214 99215'
} >packs.csv
exits "a pack is given" 0 scan packed --table specialty_packs=packs.csv
equal "its measure is judged: STA-06" 1 "$(awk -F, -v npi="$coder" '$1 == npi && $3 == "STA-06" && $4 == "high_levels" { print $5 }' packed/provider_rules.csv)"
printf 'pack,measure,specialties,numerator_codes,denominator_codes\na,b,,,\n' >packs.csv
exits "a pack without codes" 78 scan bad --table specialty_packs=packs.csv

# ---- Nothing to compare ----
exits "without rules" 0 scan none --rules none
equal "nothing is compared" 1 "$(wc -l <none/norms.csv)"

# ---- The same bytes ----
for mask in -AVX2,-FMA -AVX2,-FMA,-FMA4,-AVX512F,-AVX512VL,-ERMS -AVX2_Usable,-FMA_Usable; do
	exits "masked: $mask" 0 env GLIBC_TUNABLES="glibc.cpu.hwcaps=$mask" sh -c '
		"$0" scan -q --no-timing --force --report csv,json -o masked --cpu scalar --members made/members.csv \
			--providers made/providers.csv made/claims.csv' "$program"
	same "masked: the same bytes, $mask" run masked providers.csv provider_rules.csv norms.csv rules.csv
done
