# SPDX-License-Identifier: Apache-2.0
#
# compare.csv against figures reckoned here from the other tables: percentiles,
# chi-square of rates, Welch's t of mean levels, and which rows there are.
. "$(dirname "$0")/assert.sh"

exits "claims are made" 0 "$program" gen --lines 150000 --providers 400 --members 8000 --columns full --seed 3 -o made
scan() {
	"$program" scan -q --no-timing --force --report csv,json --members made/members.csv \
		--providers made/providers.csv -o "$@" made/claims.csv
}
exits "a scan" 0 scan run
equal "its columns" npi,id_kind,rule,measure,value,numerator,denominator,nation_n,nation_percentile,nation_p20,nation_p80,nation_statistic,nation_verdict,state_n,state_percentile,state_p20,state_p80,state_statistic,state_verdict,peer_n,peer_percentile,peer_p80 \
	"$(head -n 1 run/compare.csv)"
equal "all measures of leads are in it" "" "$(awk -F, '
	FILENAME ~ /providers/ { if ($NF == 1) lead[$1 $2] = 1; next }
	FILENAME ~ /compare/ { told[$1 $2 $3 $4] = 1; next }
	FNR > 1 && ($1 $2) in lead && $10 != "" && !(($1 $2 $3 $4) in told) { print $1, $3, $4 }' \
	run/providers.csv run/compare.csv run/provider_rules.csv | head -n 3)"
equal "and of others those of the highest fifth" "" "$(awk -F, '
	FILENAME ~ /providers/ { if ($NF == 1) lead[$1 $2] = 1; next }
	FNR > 1 && !(($1 $2) in lead) && $9 < 80 && $15 < 80 && $21 < 80' run/providers.csv run/compare.csv | head -n 3)"
equal "some of each" "1 1" "$(awk -F, '
	FILENAME ~ /providers/ { if ($NF == 1) lead[$1 $2] = 1; next }
	FNR > 1 { if (($1 $2) in lead) leads = 1; else others = 1 } END { print leads, others }' run/providers.csv run/compare.csv)"

# Areas: specialty, entity type (and state) by providers.csv.  Of each rate in
# compare.csv the percentile, chi-square and verdict, from provider_rules.csv.
differ() { # nation|state RULES-PATTERN
	awk -F, -v area="$1" -v rules="$2" '
		function place(provider) { return area == "nation" ? nation[provider] : nation[provider] "/" state[provider] }
		function far(a, b) { return (a - b > b * 1e-6 + 1e-5) || (b - a > b * 1e-6 + 1e-5) }
		FNR == 1 { next }
		FILENAME ~ /providers/ { nation[$1 $2] = $3 "/" $4; state[$1 $2] = $5; next }
		FILENAME ~ /provider_rules/ {
			if ($3 !~ rules || $7 < 11 || $10 == "") next
			at = $3 "/" $4 "/" place($1 $2); k[at] += $8; n[at] += $7
			if ($8 >= 11) { count[at]++; rate[at, count[at]] = $10 }
			next
		}
		$3 ~ rules {
			at = $3 "/" $4 "/" place($1 $2); shift = area == "nation" ? 8 : 14; tried++
			a = $6; b = $7 - $6; c = k[at] - $6; d = n[at] - $7 - c; N = a + b + c + d
			margins = (a + b) * (c + d) * (a + c) * (b + d)
			chi = margins > 0 ? N * (a * d - b * c) ^ 2 / margins : 0
			verdict = c + d < 11 || a + b < 11 ? "N/A" : a / (a + b) <= c / (c + d) ? "does not exceed" : chi > 3.841458820694124 ? "significantly higher" : "higher"
			lower = 0
			for (i = 1; i <= count[at]; i++) lower += rate[at, i] < $5
			percentile = a >= 11 ? 100 * lower / count[at] : ""
			if ($(shift) != count[at] + 0 || $(shift + 5) != verdict || (verdict != "N/A" && far($(shift + 4), chi)) ||
				(percentile == "") != ($(shift + 1) == "") || (percentile != "" && far($(shift + 1), percentile)))
				print $1, at, $(shift), count[at], $(shift + 5), verdict, $(shift + 4), chi, $(shift + 1), percentile
		}
		END { if (!tried) print "nothing was tried" }' run/providers.csv run/provider_rules.csv run/compare.csv | head -n 3
}
rates='^(NCC-0[1-58]|TIM-0[48]|DUP-01|PRV-01|VAL-0[1-7])'
equal "chi-square, percentile and verdict of rates in the nation" "" "$(differ nation "$rates")"
equal "in the state" "" "$(differ state "$rates")"

# Welch's t of mean levels, from the levels in provider_counts.csv.
equal "Welch's t of E/M levels in the nation" "" "$(awk -F, '
	FNR == 1 { next }
	FILENAME ~ /providers/ { nation[$1 $2] = $3 "/" $4; next }
	FILENAME ~ /provider_counts/ {
		if ($3 != "em") next
		family = $4; sub(/_[0-9]$/, "", family); level = substr($4, length($4)); at = $1 $2 family
		n[at] += $5; s[at] += level * $5; q[at] += level ^ 2 * $5
		next
	}
	FILENAME ~ /provider_rules/ {
		if ($3 != "EM-01") next
		at = $4 nation[$1 $2]; N[at] += n[$1 $2 $4]; S[at] += s[$1 $2 $4]; Q[at] += q[$1 $2 $4]
		next
	}
	$3 == "EM-01" {
		own = $1 $2 $4; all = $4 nation[$1 $2]
		m = N[all] - n[own]; if (m < 11) next
		tried++
		mean = s[own] / n[own]; peers = (S[all] - s[own]) / m
		v = (q[own] - n[own] * mean ^ 2) / (n[own] - 1); w = (Q[all] - q[own] - m * peers ^ 2) / (m - 1)
		t = (mean - peers) / sqrt(v / n[own] + w / m)
		if ((t - $12) ^ 2 > 1e-8 * t ^ 2 + 1e-10 || (t <= 0) != ($13 == "does not exceed") || (t > 2.2 && $13 != "significantly higher"))
			print $1, t, $12, $13
	}
	END { if (!tried) print "nothing was tried" }' run/providers.csv run/provider_counts.csv run/provider_rules.csv run/compare.csv | head -n 3)"
exits "by one thread" 0 scan other -j1
same "the same bytes" run other compare.csv
exits "a public one" 0 scan open --public
equal "marks and statistics are not public" "" "$(awk -F, 'FNR > 1 && ($10 $11 $12 $16 $17 $18 $22) != ""' open/compare.csv)"
equal "nor counts of 1 to 10" "" "$(awk -F, 'FNR > 1 { for (i = 6; i <= 20; i++) if ((i < 9 || i == 14 || i == 20) && $i != "" && $i > 0 && $i < 11) print }' open/compare.csv)"
printf 'claim_id,rendering_npi,hcpcs_code,claim_start_date,charge_amount\nA,1003000126,99215,2024-01-02,100.00\n' >one.csv
exits "one line" 0 "$program" scan -q --no-timing --report csv -o one one.csv
equal "one line: nobody to compare with" 1 "$(wc -l <one/compare.csv)"
