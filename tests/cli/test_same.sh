# SPDX-License-Identifier: Apache-2.0
# The same bytes, whatever the threads, reader, CPU level and memory, and
# however the input is cut, merged and ordered.
. "$(dirname "$0")/assert.sh"

# All that is dirty, newlines in quotes too; and a file that line tools can cut.
shape="--lines 60000 --providers 400 --members 3000 --schemes all --columns full --seed 7"
# shellcheck disable=SC2086 # a list of options
"$program" gen $shape --dirt all -o claims >/dev/null || not_ok "gen"
# shellcheck disable=SC2086
"$program" gen $shape --dirt amounts,totals,blanks,denied,placeholders,scattered,dates -o plain >/dev/null || not_ok "gen"
claims=claims/claims.csv
side="--members claims/members.csv --providers claims/providers.csv --findings all --max-bad 100%"

# variant NAME OPTION...
variant() {
	variant_name=$1
	shift
	# shellcheck disable=SC2086 # a list of options
	if ! "$program" scan -q --no-timing --report csv,json $side -o "$variant_name" "$@" 2>stderr; then
		not_ok "scan $variant_name" "$(tail -n 3 stderr)"
	fi
}

variant base -j1 $claims
equal "it finds something" yes "$([ "$(wc -l <base/findings.csv)" -gt 100 ] && echo yes)"
for threads in 2 7; do
	variant "j$threads" -j$threads $claims
	same "-j$threads" base j$threads
done
for io in uring pread mmap; do
	variant $io --io $io $claims
	same "--io $io" base $io
done
for level in scalar avx2 avx512; do
	if "$program" scan -q --report none --cpu $level -o level $claims 2>stderr; [ $? = 69 ]; then
		skip "--cpu $level: this CPU has it not"
		continue
	fi
	variant $level --cpu $level $claims
	same "--cpu $level" base $level
done
variant small --memory 72M $claims
same "--memory 72M" base small
variant again -j2 --cache drop $claims
same "--cache drop" base again

variant plain-run -j2 plain/claims.csv
claims=plain/claims.csv
tables="providers.csv provider_rules.csv provider_codes.csv provider_counts.csv findings.csv rules.csv"
header=$(head -n 1 $claims)
mkdir cut
tail -n +2 $claims | split -l 7001 -a 3 - cut/part
for part in cut/part*; do
	{ echo "$header"; cat "$part"; } >"$part.csv"
	rm "$part"
done
variant cut-run -j2 cut
same "cut into files" plain-run cut-run $tables
ls cut/*.csv | sort -r >list
variant list-run -j2 @list
same "the files of a manifest, in another order" plain-run list-run $tables
variant glob-run 'cut/part*.csv'
same "a glob" plain-run glob-run $tables

{ echo "$header"; tail -n +2 $claims | awk '{ print (NR * 7919) % 60013 "\t" $0 }' | sort -n -s -k1,1 | cut -f2-; } >shuffled.csv
variant shuffled-run -j2 shuffled.csv
same "shuffled" plain-run shuffled-run $tables

variant stdin-run - <$claims
same "standard input" plain-run stdin-run $tables
mkfifo pipe
cat $claims >pipe &
variant pipe-run pipe
wait
same "a pipe" plain-run pipe-run $tables

sed 's/$/\r/' $claims >crlf.csv
variant crlf-run crlf.csv
same "CRLF" plain-run crlf-run $tables
{ printf '\357\273\277'; cat $claims; } >bom.csv
variant bom-run bom.csv
same "a byte order mark" plain-run bom-run $tables

variant twice $claims ./$claims
same "a file by two paths is scanned once" plain-run twice $tables

variant sample-1 -j1 --findings sample $claims
variant sample-2 -j2 --findings sample shuffled.csv
same "--findings sample, shuffled" sample-1 sample-2 $tables
equal "the sample is part of all" "" "$(sort plain-run/findings.csv >all.sorted; sort sample-1/findings.csv | comm -23 - all.sorted | head -n 1)"

# ---- All in memory, or all on disk ----

# records OPTION...: a run whose last words are of records kept and spilled.
records() {
	# shellcheck disable=SC2086 # a list of options
	"$program" scan -v -j2 --progress off --report none $side -o none "$@" $claims
}
exits "memory below the fixed part" 71 records --memory 1M
says "it names what is needed" "at least [0-9]* MiB"
least=$(grep -oE 'at least [0-9]+ MiB' stderr | grep -oE '[0-9]+')
exits "a run with all its records in memory" 0 records --memory 4G
equal "which spills nothing" "spilled 0" "$(grep -oE 'spilled [0-9]+' stderr)"
exits "a run with no more than is needed" 0 records --memory "${least}M"
equal "which spills them" yes "$(grep -qE 'spilled [1-9]' stderr && echo yes)"
variant roomy -j2 --memory 4G $claims
variant tight -j2 --memory "${least}M" $claims
same "all in memory, all on disk" roomy tight

# ---- What is added, doubled and taken back ----

# again PREFIX FREQUENCY: the lines of a file under other claims; with a frequency
# these are about the claims that were, of the same persons; without, other persons'.
again() {
	awk -F, -v OFS=, -v prefix="$1" -v frequency="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{
			if (frequency) { $at["claim_frequency_code"] = frequency; $at["original_claim_id"] = $at["claim_id"] }
			else { $at["person_id"] = prefix $at["person_id"] }
			if (!frequency && $at["original_claim_id"] != "") $at["original_claim_id"] = prefix $at["original_claim_id"]
			$at["claim_id"] = prefix $at["claim_id"]
			print
		}' plain/claims.csv
}

# What lines and beneficiaries tell: rates go by peers and by least numbers, and a
# provider's day of twice as many patients is another day.
rates=-EM-01,-EM-02,-EM-03,-EM-04,-MOD-03,-NCC-03,-NCC-06,-INP-01,-INP-02,-INP-03,-INP-06,-DUP-03,-TIM-03,-STA
rules="--rules all,-TIM-01,-SPC-05,$rates"

{ cat plain/claims.csv; again X ""; } >doubled.csv
{ cat plain/members.csv; tail -n +2 plain/members.csv | sed 's/^/X/'; } >doubled-members.csv
side="--providers plain/providers.csv --max-bad 100% $rules"
variant once -j2 --members plain/members.csv plain/claims.csv
variant twofold -j2 --members doubled-members.csv doubled.csv

# sums RUN FACTOR: claims, lines, persons, units and money of each provider; what was
# judged and hit of each rule, not of measures beside them, which have least numbers too.
# All in whole numbers.
sums() {
	awk -F, -v OFS=, -v by="$2" '
		function whole(text) { gsub(/\./, "", text); return text + 0 }
		FNR > 1 && NF > 20 { print $1, by * $8, by * $9, by * $10, by * $11 * 10000, by * whole($12), by * whole($13), by * whole($14) }' "$1/providers.csv"
	awk -F, -v OFS=, -v by="$2" 'FNR > 1 && $4 == "" { print $1, $3, by * $7, by * $8 }' "$1/provider_rules.csv"
}
sums once 2 >once.sums
sums twofold 1 >twofold.sums
equal "the same under other ids, too: twice of all" "" "$(diff once.sums twofold.sums | head -n 4)"
equal "there is something to double" yes "$([ "$(wc -l <once.sums)" -gt 2000 ] && echo yes)"

{ cat plain/claims.csv; again V 8; } >voided.csv
variant void -j2 --members plain/members.csv voided.csv
equal "what was voided has no finding" "" "$(tail -n +2 void/findings.csv | head -n 3)"
equal "no hit and no dollars" "" "$(awk -F, 'FNR > 1 && $8 > 0' void/provider_rules.csv | head -n 3)"
equal "and nobody is flagged" 0 "$(awk -F, 'FNR > 1 { sum += $15 + $16 + $17 } END { print sum + 0 }' void/providers.csv)"

# One visit of somebody new, by somebody new.
{
	cat plain/claims.csv
	awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; split("", cell); n = NF
		cell["claim_id"] = "clean"; cell["claim_line_number"] = 1; cell["claim_type"] = "professional"; cell["person_id"] = "clean"
		cell["claim_start_date"] = cell["claim_end_date"] = cell["claim_line_start_date"] = cell["claim_line_end_date"] = "2024-05-06"
		cell["place_of_service_code"] = "11"; cell["service_unit_quantity"] = 1; cell["hcpcs_code"] = "99213"
		cell["rendering_npi"] = cell["billing_npi"] = "1003000126"; cell["specialty_code"] = "08"; cell["entity_type"] = 1
		cell["paid_amount"] = cell["allowed_amount"] = "80.00"; cell["charge_amount"] = "120.00"; cell["diagnosis_code_1"] = "I10"
		cell["received_date"] = "2024-05-20"; cell["data_source"] = "synthetic"; cell["claim_frequency_code"] = 1
		for (name in cell) row[at[name]] = cell[name]
		for (i = 1; i <= n; i++) printf "%s%s", row[i], i < n ? OFS : "\n" }' plain/claims.csv
} >more.csv
variant more -j2 --members plain/members.csv more.csv
equal "a clean claim is read" 1 "$(grep -c '^1003000126,npi,' more/providers.csv)"
equal "it adds no finding" "" "$(diff once/findings.csv more/findings.csv | head -n 3)"
