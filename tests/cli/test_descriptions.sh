# SPDX-License-Identifier: Apache-2.0
#
# --descriptions: a licensee's texts beside the codes of providers, and only then.
. "$(dirname "$0")/assert.sh"

narrow_file >claims.csv
printf 'code,description\n99213,"Office visit, low"\n80053,=HYPER()\n99213,Zweiter Text\n' >texts.csv
exits "a scan with texts" 0 scan --report csv,json --descriptions texts.csv claims.csv
equal "they are a column, the last" npi,id_kind,code,lines,units,charge,allowed,paid,description "$(head -n 1 run/provider_codes.csv)"
equal "of several the first, quoted" '1234567893,npi,99213,1,1,150.00,100.00,80.00,"Office visit, low"' "$(grep ,99213, run/provider_codes.csv)"
equal "a formula is none" "'=HYPER()" "$(grep ,80053, run/provider_codes.csv | cut -d, -f9)"
equal "a code without one" '1234567893,npi,99214,1,1,200.00,100.00,80.00,' "$(grep ,99214, run/provider_codes.csv)"
equal "the manifest has a hash of them" 1 "$(grep -c '"table descriptions"' run/manifest.json)"
mv run given
exits "as a table" 0 scan --report csv,json --table descriptions=texts.csv claims.csv
same "it is the same" given run
exits "without texts" 0 scan claims.csv
equal "without texts there is no such column" npi,id_kind,code,lines,units,charge,allowed,paid "$(head -n 1 run/provider_codes.csv)"
exits "both" 64 scan --table descriptions=texts.csv --descriptions texts.csv claims.csv
exits "no such file" 66 scan --descriptions nothing.csv claims.csv
printf 'code,description\n99213\n' >texts.csv
exits "a row without a text" 78 scan --descriptions texts.csv claims.csv
says "a row without a text: where" "texts.csv:2"
