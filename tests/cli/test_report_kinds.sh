# SPDX-License-Identifier: Apache-2.0
# --report KINDS of scan, and `claimscan report`: reports made from tables.
. "$(dirname "$0")/assert.sh"

"$program" report --help | grep -q sqlite || { skip "report kinds: no report command"; exit; }
narrow_file >claims.csv
# Two claims of one id that a spreadsheet, a page and SQL could take for more than an id.
narrow_line "=1+1" 1 99213 10.00 >>claims.csv
narrow_line "'=1+1" 1 99213 10.00 >>claims.csv
narrow_line "<script>alert(1)</script>'; DROP TABLE findings; --" 1 99213 10.00 >>claims.csv

if "$program" scan -q --report sqlite -o probe claims.csv 2>stderr </dev/null; then
	rm -rf probe
else
	exits "sqlite: refused by name" 69 "$program" scan -q --report sqlite -o probe claims.csv
	skip "report kinds: a build without SQLite"
	exit
fi

into() { # DIR KINDS OPTIONS...
	into_dir=$1
	into_kinds=$2
	shift 2
	"$program" scan -q --no-timing --findings all --report "$into_kinds" --force -o "$into_dir" "$@" \
		claims.csv </dev/null
}

# ---- What each kind leaves ----
exits "sqlite alone" 0 into only sqlite
equal "sqlite alone: no tables are left" "manifest.json quality.json run.db" "$(cd only && echo *)"
equal "sqlite alone: the owner's" 600 "$(stat -c %a only/run.db)"
exits "csv and sqlite" 0 into both csv,sqlite
equal "csv and sqlite: tables stay" yes "$([ -f both/findings.csv ] && [ -f both/run.db ] && echo yes)"
same "the database is the same, tables kept or not" only both run.db
exits "none" 0 into nothing none
equal "none: no directory" no "$([ -e nothing ] && echo yes || echo no)"
for threads in 1 2 7; do
	exits "-j$threads" 0 into "j$threads" csv,sqlite -j "$threads"
	same "-j$threads: the same bytes" both "j$threads" run.db
done
"$program" scan -v --no-timing --report sqlite -o told claims.csv 2>stderr </dev/null
says "-v tells the time of a report" "run.db [0-9.]* s"

# ---- Words ----
exits "an unknown kind" 64 "$program" scan -q --report sqllite -o x claims.csv
says "an unknown kind: the near one" "did you mean sqlite?"
exits "none and another" 64 "$program" scan -q --report none,csv -o x claims.csv

# ---- What stands in it ----
if command -v sqlite3 >/dev/null 2>&1; then
	equal "the database is sound" ok "$(sqlite3 both/run.db 'PRAGMA integrity_check')"
	equal "ids are as they were" "'=1+1 1
<script>alert(1)</script>'; DROP TABLE findings; -- 1
=1+1 1" "$(sqlite3 -separator ' ' both/run.db "SELECT claim_id, count(DISTINCT line) FROM findings
		WHERE length(claim_id) > 3 GROUP BY 1")"
	equal "each table has its rows" "$(($(wc -l <both/findings.csv) - 1)) 77" \
		"$(sqlite3 -separator ' ' both/run.db 'SELECT (SELECT count(*) FROM findings), (SELECT count(*) FROM rules)')"
	equal "lines" 6 "$(sqlite3 both/run.db 'SELECT sum(lines) FROM providers')"
	equal "dollars are numbers" "real 80.0" "$(sqlite3 -separator ' ' both/run.db \
		"SELECT typeof(amount), max(amount) FROM findings WHERE amount > 0")"
	for view in $(sqlite3 both/run.db "SELECT name FROM sqlite_schema WHERE type = 'view'"); do
		exits "view $view" 0 sqlite3 both/run.db "SELECT * FROM $view"
	done
else
	skip "what stands in it: no sqlite3"
fi

# ---- A year with every scheme: no rule evaluates more than is in its scope ----
"$program" gen --lines 20000 --providers 60 --members 2000 --seed 3 --columns full -o year >/dev/null 2>&1 </dev/null
exits "a year" 0 "$program" scan -q --report csv,sqlite --members year/members.csv \
	--providers year/providers.csv -o whole year/claims.csv
if command -v sqlite3 >/dev/null 2>&1; then
	equal "a year: in scope is evaluated and not evaluable" "" "$(sqlite3 whole/run.db \
		"SELECT rule FROM rules WHERE in_scope <> evaluated + not_evaluable OR not_evaluable < 0")"
fi

# ---- Findings, all of them, add up by SQL ----
# Lines of the excluded provider with a header for a diagnosis: PRV-01 stands over VAL-03.
excluded=$(awk -F, '$2 == "excluded_provider" { print $1; exit }' year/labels.csv)
awk -F, -v OFS=, -v npi="$excluded" '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	$at["rendering_npi"] == npi { $at["diagnosis_code_1"] = "E11" } 1' year/claims.csv >year/headers.csv
exits "a year, all findings" 0 "$program" scan -q --no-timing --findings all --report csv,json,sqlite \
	--members year/members.csv --providers year/providers.csv -o every year/headers.csv
equal "the manifest names the kinds on watch of rules that are on" 1 \
	"$(grep -c '{"rule": "INP-07", "kind": "one_source"}' every/manifest.json)"
if command -v sqlite3 >/dev/null 2>&1; then
	sum() { sqlite3 -separator ' ' every/run.db "$1"; }
	equal "there are findings on watch, and superseded ones" "1 1 1" "$(sum "SELECT
		sum(r.state = 'watch') > 0, sum(f.rule = 'INP-07' AND f.kind = 'one_source') > 0,
		sum(coalesce(f.detail, '') LIKE '%superseded_by=%') > 0 FROM findings f JOIN rules r ON r.rule = f.rule")"
	equal "standing findings are those of providers" "" "$(sum "SELECT p.npi, p.findings, count(f.rule)
		FROM providers p LEFT JOIN standing_findings f ON f.npi = p.npi AND f.id_kind = p.id_kind
		GROUP BY p.npi, p.id_kind HAVING p.findings <> count(f.rule)")"
	equal "... and there are some" 1 "$(sum "SELECT count(*) = (SELECT sum(findings) FROM providers) AND count(*) > 100
		FROM standing_findings")"
	equal "their dollars are those of provider_rules, to the cent" "" "$(sum "SELECT m.npi, m.rule, m.dollars, sum(f.dollars)
		FROM provider_rules m JOIN standing_findings f ON f.npi = m.npi AND f.id_kind = m.id_kind AND f.rule = m.rule
		WHERE m.measure = '' GROUP BY m.npi, m.id_kind, m.rule
		HAVING abs(m.dollars - coalesce(sum(f.dollars), 0)) > 0.001")"
	equal "with kinds on watch they are its hits" "" "$(sum "SELECT m.npi, m.rule, m.hits, count(f.rule) FROM provider_rules m
		JOIN findings f ON f.npi = m.npi AND f.id_kind = m.id_kind AND f.rule = m.rule
		WHERE m.measure = '' AND coalesce(f.detail, '') NOT LIKE '%superseded_by=%'
		GROUP BY m.npi, m.id_kind, m.rule HAVING m.hits <> count(f.rule)")"
	equal "and those of rules" "" "$(sum "SELECT r.rule, r.hits, count(f.rule) FROM rules r JOIN findings f ON f.rule = r.rule
		WHERE coalesce(f.detail, '') NOT LIKE '%superseded_by=%' GROUP BY r.rule HAVING r.hits <> count(f.rule)")"
fi

# ---- Again, from a finished run ----
cp both/run.db before.db
rm both/run.db
exits "again" 0 "$program" report both --report sqlite
says "again: it is told" "both/run.db is made"
equal "again: the same bytes" same "$(cmp -s before.db both/run.db && echo same)"
exits "over an earlier one, quietly" 0 "$program" report -q both --report sqlite
equal "quietly" "" "$(cat stderr)"
equal "over an earlier one: nothing beside it" "$(ls both)" "$(ls -A both)"
exits "csv is there already" 0 "$program" report both --report csv,sqlite
says "csv is there already: told" "csv: is what reports are made from"
exits "csv alone" 64 "$program" report both --report csv
exits "an unknown kind, again" 64 "$program" report both --report sql
exits "no run" 64 "$program" report
exits "two runs" 64 "$program" report both only
exits "no such run" 66 "$program" report nowhere
exits "a file" 66 "$program" report claims.csv
mkdir foreign
exits "a foreign directory" 65 "$program" report foreign
says "a foreign directory: told" "not a run directory"
exits "a run without tables" 66 "$program" report only --report sqlite
says "a run without tables: how to keep them" "report csv"

# ---- Damage: the earlier database stays ----
damaged() { # NAME CODE WORDS: the run "both" with a table broken by standard input's script
	rm -rf broken
	cp -r both broken
	damaged_name=$1
	damaged_code=$2
	damaged_words=$3
	shift 3
	"$@"
	exits "$damaged_name" "$damaged_code" "$program" report broken --report sqlite
	says "$damaged_name: where" "$damaged_words"
	equal "$damaged_name: the database stays" same "$(cmp -s before.db broken/run.db && echo same)"
	equal "$damaged_name: nothing beside it" "$(ls broken)" "$(ls -A broken)"
}
rows=$(wc -l <both/findings.csv)
cut_mid() { head -c -4 both/findings.csv >broken/findings.csv; }
cut_row() { head -n -1 both/findings.csv >broken/findings.csv; }
twice() { sed '2p; 3d' both/rules.csv >broken/rules.csv; }
word() { awk -F, -v OFS=, 'NR > 1 && !/"/ && !done { $9 = "x"; done = 1 } 1' both/rules.csv >broken/rules.csv; }
gone() { rm broken/providers.csv; }
json() { echo '{' >broken/quality.json; }
damaged "a table cut in a row" 65 "broken/findings.csv:$rows: the file ends" cut_mid
damaged "a table cut between rows" 65 "broken/findings.csv:$((rows - 1)): the table ends here" cut_row
damaged "a key twice" 65 "broken/rules.csv:3: its key" twice
damaged "a word for a number" 65 "column in_scope: no whole number" word
damaged "a table that is gone" 66 "broken/providers.csv: not there" gone
damaged "a document that is none" 65 "broken/quality.json:" json

# ---- Damage: every kind refuses the same, with the same words ----
exits "a whole run: both kinds" 0 "$program" report -q whole --report html,sqlite
rm whole/report.html
refused() { # NAME CODE WORDS FILE [gone]: the run "whole" with FILE from standard input
	rm -rf broken
	cp -r whole broken
	rm broken/run.db "broken/$4"
	[ "${5:-}" = gone ] || cat >"broken/$4"
	refused_left=$(ls -A broken)
	for refused_kind in html sqlite; do
		exits "$1: $refused_kind" "$2" "$program" report broken --report "$refused_kind"
		says "$1: $refused_kind: where" "$3"
		equal "$1: $refused_kind: nothing is left" "$refused_left" "$(ls -A broken)"
	done
}
shorter() { # TABLE: cut by its last row
	head -n -1 "whole/$1.csv" | refused "$1 a row short" 65 \
		"broken/$1.csv:[0-9]*: the table ends here" "$1.csv"
}
for table in providers provider_rules provider_codes provider_counts findings rules worklist compare norms; do
	shorter "$table"
done
sed 2d whole/provider_counts.csv | refused "a row out of the middle" 65 \
	"broken/provider_counts.csv:[0-9]*: the table ends here" provider_counts.csv
head -c -20 whole/manifest.json | refused "a manifest that is cut" 65 "broken/manifest.json:" manifest.json
head -c -20 whole/quality.json | refused "a document that is cut" 65 "broken/quality.json:" quality.json
awk -F, -v OFS=, 'NR == 2 { $NF = "abc" } 1' whole/provider_counts.csv |
	refused "no number" 65 "broken/provider_counts.csv:2: column [a-z]*: no number" provider_counts.csv
awk -F, -v OFS=, 'NR == 3 { $7 = "abc" } 1' whole/norms.csv |
	refused "no number in norms" 65 "broken/norms.csv:3: column mean: no number" norms.csv
refused "norms that are gone" 66 "broken/norms.csv: not there" norms.csv gone
refused "a table that is gone" 66 "broken/provider_counts.csv: not there" provider_counts.csv gone
refused "a worklist that is gone" 66 "broken/worklist.csv: not there" worklist.csv gone
refused "a comparison that is gone" 66 "broken/compare.csv: not there" compare.csv gone

# ---- A full disk, as far as a limit on files is one ----
limited() (
	ulimit -f 40
	trap '' XFSZ
	"$program" scan -q --report csv,sqlite -o full claims.csv
)
exits "a full disk" 74 limited
says "a full disk: told" "run.db"
equal "a full disk: nothing is left" no "$(ls -Ad full .full* 2>/dev/null | grep -q . && echo yes || echo no)"
