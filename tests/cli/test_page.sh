# SPDX-License-Identifier: Apache-2.0
#
# report.html: when it is written, its bytes, and what is told where it cannot be.
. "$(dirname "$0")/assert.sh"

narrow_file >claims.csv
"$program" scan -q --report html -o probe claims.csv 2>stderr
if [ $? = 69 ]; then
	ok "a build without the page refuses it by name"
	says "what to install" "install nodejs and npm"
	exits "and leaves it out by default" 0 "$program" scan -q -o plain claims.csv
	says "with a note" "html is left out"
	equal "no page" "" "$(ls plain | grep html)"
	skip "the page: a build without node and npm"
	exit 0
fi
equal "html alone: no table is left" "manifest.json quality.json report.html" "$(ls probe | tr '\n' ' ' | sed 's/ $//')"
equal "the page is 0600" 600 "$(stat -c %a probe/report.html)"
exits "by default" 0 "$program" scan -q --no-timing -o default claims.csv
equal "by default it is there" report.html "$(ls default | grep html)"
exits "csv and json alone" 0 "$program" scan -q --report csv,json -o tables claims.csv
equal "unasked it is not" "" "$(ls tables | grep html)"

exits "made again" 0 "$program" report -q --report html default
cp default/report.html first.html
for threads in 1 3; do
	exits "with -j$threads" 0 "$program" scan -q --no-timing -j $threads --force -o again claims.csv
	equal "with -j$threads the same bytes" "" "$(cmp first.html again/report.html 2>&1)"
done
equal "nothing of it is to be fetched" 0 "$(grep -cE '(src|href)="?https?:' first.html)"
equal "scripts run by their hash alone" 1 "$(grep -c "script-src 'sha256-" first.html)"

cp default/providers.csv whole.csv
sed -i 2,3d default/providers.csv
exits "of a damaged run" 65 "$program" report -q --report html default
says "of a damaged run: where" "provider"
equal "the page before stays" "" "$(cmp first.html default/report.html 2>&1)"
cp whole.csv default/providers.csv
rm default/provider_codes.csv
exits "of a run without a table" 66 "$program" report -q --report html default
says "of a run without a table: which" "provider_codes.csv"
