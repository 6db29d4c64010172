# SPDX-License-Identifier: Apache-2.0
# Canonical CSV: a scan of it says what a scan of its sources says.
. "$(dirname "$0")/assert.sh"

side="--findings all --max-bad 100%"
tables="providers.csv provider_rules.csv provider_codes.csv provider_counts.csv findings.csv rules.csv"

# run NAME OPTION...
run() {
	run_name=$1
	shift
	# shellcheck disable=SC2086 # a list of options
	"$program" scan -q --no-timing --report csv,json $side -o "$run_name" "$@" 2>stderr ||
		not_ok "scan $run_name" "$(tail -n 3 stderr)"
}

# converted NAME INPUT...: into NAME.csv, scanned into NAME-source and NAME-csv.
converted() {
	converted_name=$1
	shift
	exits "$converted_name: convert" 0 "$program" convert --max-bad 100% "$@" -o "$converted_name.csv"
	run "$converted_name-source" "$@"
	run "$converted_name-csv" "$converted_name.csv"
}

# What was repaired in a source needs no repair any more; all else of quality.json is the same.
fields_of() {
	sed 's/, "repaired": [0-9]*//' "$1/quality.json" | grep -v '"file": '
}

shape="--lines 20000 --providers 300 --members 2000 --schemes all --seed 7"
# shellcheck disable=SC2086 # a list of options
"$program" gen $shape --columns full --dirt all -o dirty >/dev/null || not_ok "gen"
# shellcheck disable=SC2086
"$program" gen $shape --columns narrow -o clean >/dev/null || not_ok "gen"

converted clean clean/claims.csv
equal "what is canonical already is not changed" "" "$(cmp clean/claims.csv clean.csv 2>&1)"
equal "the file is 0600" 600 "$(stat -c %a clean.csv)"

converted dirty dirty/claims.csv
# shellcheck disable=SC2086
same "dirt: the tables" dirty-source dirty-csv $tables
equal "dirt: the counts of fields" "$(fields_of dirty-source)" "$(fields_of dirty-csv)"
exits "a conversion again" 0 "$program" convert -q --max-bad 100% -j7 --io pread --cpu scalar dirty/claims.csv -o again.csv
equal "the same bytes whatever the threads, reader and level" "" "$(cmp dirty.csv again.csv 2>&1)"
exits "from standard input" 0 sh -c "\"$program\" convert -q --max-bad 100% - -o piped.csv <dirty/claims.csv"
equal "the same bytes from a stream" "" "$(cmp dirty.csv piped.csv 2>&1)"

# Layouts with words of their own.
rif=$shared/claims/rif/bfd/rif-synthea
for name in carrier dme inpatient outpatient snf; do
	if [ ! -f "$rif/$name.csv" ]; then
		skip "RIF $name: no samples here"
		continue
	fi
	converted "rif-$name" "$rif/$name.csv"
	# shellcheck disable=SC2086
	same "RIF $name: the tables" "rif-$name-source" "rif-$name-csv" $tables
done
if [ -f "$rif/inpatient.csv" ]; then
	equal "amounts of claims are named so" 1 "$(head -n 1 rif-inpatient.csv | grep -c claim_paid_amount)"
	equal "RIF's claim type is in our words" institutional "$(column rif-inpatient.csv claim_type | sort -u)"
	equal "RIF's dates are in our form" "" "$(column rif-carrier.csv claim_start_date | grep -vE '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')"
fi
tuva=$(find "$shared/claims/tuva" -name '*medical_claim*.csv' 2>/dev/null | sort | head -n 1)
if [ -n "$tuva" ]; then
	converted tuva "$tuva"
	# shellcheck disable=SC2086
	same "Tuva: the tables" tuva-source tuva-csv $tables
else
	skip "Tuva: no samples here"
fi

# Columns named by a map, and cells that cannot be read.
cat >map <<'END'
claim_id = claim
claim_line_number = number
rendering_npi = doctor
hcpcs_code = code
charge_amount = charged
claim_line_start_date = day
END
cat >mapped.txt <<'END'
claim|number|doctor|code|charged|day|note
A1|1|1234567893|99213|150.005|03/01/2024|x
A1|2|1234567893|99,214|much|2024-13-01|"y
z"
A2|1|1234567893.0||-3|20240302|
|1|1234567893|99213|1|2024-03-01|no claim
END
"$program" convert --max-bad 100% --map map mapped.txt -o mapped.csv 2>stderr </dev/null
if [ $? = 0 ]; then
	says "records without a claim_id are told" "no_claim_id: 1, first at mapped.txt:"
	equal "only columns that the input has" claim_id,claim_line_number,claim_line_start_date,hcpcs_code,rendering_npi,charge_amount \
		"$(head -n 1 mapped.csv)"
	equal "what is read is in our form" "A1,1,2024-03-01,99213,1234567893,150.01" "$(sed -n 2p mapped.csv)"
	equal "what is not stands as it stood" 'A1,2,2024-13-01,"99,214",1234567893,much' "$(sed -n 3p mapped.csv)"
	equal "and an NPI without its point" "A2,1,2024-03-02,,1234567893,-3.00" "$(sed -n 4p mapped.csv)"
else
	not_ok "a map" "$(tail -n 3 stderr)"
fi

exits "64: another ending" 64 "$program" convert clean/claims.csv -o claims.txt
says "64: says which there are" ".clm"
exits "64: no file to write" 64 "$program" convert clean/claims.csv
exits "64: no input" 64 "$program" convert -o some.csv
exits "73: it exists" 73 "$program" convert -q clean/claims.csv -o clean.csv
says "73: names the option" "--force"
exits "0: --force" 0 "$program" convert -q --force clean/claims.csv -o clean.csv
cp clean/claims.csv own.csv
exits "73: onto its own source" 73 "$program" convert -q --force own.csv -o own.csv
says "73: onto its own source: names the option" "--out"
equal "73: onto its own source: which is as it was" "" "$(cmp clean/claims.csv own.csv 2>&1)"
exits "73: it cannot be made" 73 "$program" convert -q clean/claims.csv -o absent/some.csv
exits "66: no such input" 66 "$program" convert -q absent.csv -o some.csv
exits "65: too many bad records" 65 "$program" convert -q --map map mapped.txt -o some.csv
exits "--help" 0 "$program" convert --help
equal "nothing is left of what failed" "" "$(find . -maxdepth 1 -name 'some*')"
