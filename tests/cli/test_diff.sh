# SPDX-License-Identifier: Apache-2.0
# claimscan diff: what differs between two runs.
. "$(dirname "$0")/assert.sh"

"$program" gen --lines 20000 --providers 60 --members 2000 --seed 3 --columns full -o year >/dev/null 2>&1 </dev/null
into() { # DIR OPTIONS...
	into_dir=$1
	shift
	"$program" scan -q --no-timing --report csv,json --force --members year/members.csv \
		--providers year/providers.csv -o "$into_dir" "$@" </dev/null
}
exits "a run" 0 into a --findings all year/claims.csv
exits "a run without a rule" 0 into b --findings all --rules all,-NCC-04 year/claims.csv
exits "a run with samples" 0 into s --rules all,-NCC-04 year/claims.csv

# ---- A run against itself ----
exits "the same run" 0 "$program" diff a a
equal "the same run: told" "No difference." "$(tail -n 1 stdout)"
exits "the same run as JSON" 0 "$program" diff --json a a
equal "the same run as JSON: told" '  "same": true,' "$(grep '"same": true,' stdout)"

# ---- A rule less: what rules.csv had of it is lost, to the cent ----
hits=$(grep ^NCC-04, a/rules.csv | sed 's/"[^"]*"//g' | cut -d, -f12)
dollars=$(grep ^NCC-04, a/rules.csv | sed 's/"[^"]*"//g' | cut -d, -f14)
equal "the rule had hits" yes "$([ "${hits:-0}" -gt 0 ] && echo yes)"
json_rule() { # FILE MEMBER
	grep '"rule": "NCC-04"' "$1" | grep -oE "\"$2\": [^,}]*" | head -n 1 | sed 's/.*: //'
}
exits "a rule less" 0 "$program" diff --json a b
cp stdout exact.json
equal "a rule less: findings lost" "$hits" "$(json_rule exact.json lost)"
equal "a rule less: dollars lost" "$dollars" "$(json_rule exact.json dollars_lost)"
equal "a rule less: none gained" 0 "$(json_rule exact.json gained)"
equal "a rule less: its state" '["on", "off"]' \
	"$(grep '"rule": "NCC-04"' exact.json | grep -oE '\["on", "off"\]')"
equal "a rule less: the setting" \
	'    {"what": "setting", "name": "rules", "values": ["all", "all,-NCC-04"]}' \
	"$(grep '"name": "rules"' exact.json)"
equal "a rule less: compared by findings" '  "compared": "findings",' "$(grep compared exact.json)"
exits "a rule more" 0 "$program" diff --json b a
equal "a rule more: findings gained" "$hits $dollars" \
	"$(json_rule stdout gained) $(json_rule stdout dollars_gained)"

# ---- The golden text of two runs written by hand ----
make_run() { # DIR FINDINGS-SETTING
	mkdir "$1"
	printf '{"program": "claimscan", "inputs": [{"path": "x", "size": 1, "xxh3": "%s"}], "code_sets": [{"set": "pos", "release": "%s", "codes": 9, "from": "2024-01-01", "to": null, "xxh3": "00112233445566778899"}], "settings": {"xxh3": "%s", "findings": "%s", "by": "line"}, "counts": {"in": {"claims": 3, "lines": 1200}, "out": {"findings": %s}}}\n' \
		"$1" "$1" "$1" "$2" "$3" >"$1/manifest.json"
	echo 'rule,name,family,tier,scope,hit_unit,state,reason,in_scope,evaluated,not_evaluable,hits,providers,dollars,unique_dollars,ns_per_line' >"$1/rules.csv"
	echo 'npi,id_kind,rank,score,dollars_expected,dollars_flagged,lead' >"$1/providers.csv"
	echo 'npi,id_kind,rule,measure,hits,dollars' >"$1/provider_rules.csv"
	echo 'rule,kind,severity,claim_id,line,data_source,npi,id_kind,other_claim_id,other_line,detail,dollars' >"$1/findings.csv"
}
make_run one all 6
make_run two all 5
cat >>one/rules.csv <<'END'
DUP-01,,,,,,on,,,,,4,,1234.56,,
VAL-02,,,,,,on,,,,,1,,0.00,,
VAL-03,,,,,,not evaluable,,,,,,,,,
END
cat >>two/rules.csv <<'END'
DUP-01,,,,,,on,,,,,3,,34.57,,
VAL-02,,,,,,watch,,,,,2,,0.00,,
VAL-03,,,,,,not evaluable,,,,,,,,,
END
# A claim's finding stands before its lines'; 2 before 10; a superseded one counts in nothing.
cat >>one/findings.csv <<'END'
DUP-01,x,high,'=C,,A,1,npi,,,d=1,0.00
DUP-01,x,high,'=C,2,A,1,npi,,,d=1,4.56
DUP-01,x,high,'=C,10,A,1,npi,,,d=1,1200.00
DUP-01,x,high,C2,1,A,1,npi,,,d=1,30.00
DUP-01,x,high,C2,1,B,1,npi,,,d=1; superseded_by=VAL-02,30.00
VAL-02,y,low,C2,1,A,1,npi,,,d=1,0.00
END
cat >>two/findings.csv <<'END'
DUP-01,x,high,'=C,2,A,1,npi,,,d=2,4.57
DUP-01,x,high,C2,1,A,1,npi,,,d=1,30.00
DUP-01,x,high,C2,1,C,1,npi,,,d=1,0.00
VAL-02,y,low,C2,1,A,1,npi,,,d=1,0.00
VAL-02,y,low,C3,,A,2,npi,,,d=1,0.00
END
cat >>one/providers.csv <<'END'
,none,,,,,
1,npi,1,900,1200.50,1234.56,1
2,npi,2,0,0.00,0.00,0
3,npi,3,0,0.00,0.00,0
END
printf '4<script>alert(1)</script>\033[2J,other,4,10,1.00,0.00,0\n' >>one/providers.csv
cat >>two/providers.csv <<'END'
,none,,,,,
1,npi,2,700,20.00,34.57,0
2,npi,1,0,0.00,0.00,1
3,npi,4,0,0.00,0.00,0
END
cat >golden <<'END'
A  one
B  two

Runs
                      A      B
  claims              3      3
  lines           1,200  1,200
  findings kept       6      5
  inputs of both      0      0
  inputs of one       1      1

Made from and with
  what      name  A                                                  B
  code set  pos   one, 9 codes, 2024-01-01.., xxh3 0011223344556677  two, 9 codes, 2024-01-01.., xxh3 0011223344556677

Rules of another state
  rule    A   B
  VAL-02  on  watch

Findings gained and lost
  rule    gained  dollars  lost   dollars  other $  dollars
  DUP-01       1     0.00     2  1,200.00        1    +0.01
  VAL-02       1     0.00     0      0.00        0
  all          2     0.00     2  1,200.00        1    +0.01

Hits and dollars of rules
  rule    A  B  more  dollars A  dollars B       more
  DUP-01  4  3    -1   1,234.56      34.57  -1,199.99
  VAL-02  1  2    +1       0.00       0.00
  all     5  5         1,234.56      34.57  -1,199.99

Providers
  (3 moved: 1 leads gained, 1 lost; of 1 others only the rank changed; 3 are shown)
  provider                        lead    rank A  rank B  score A  score B  expected A  expected B
  1                               lost         1       2      900      700    1,200.50       20.00
  2                               gained       2       1        0        0        0.00        0.00
  4<script>alert(1)</script>?[2J               4               10                 1.00
END
exits "two runs by hand" 0 "$program" diff one two
same_told=$(diff golden stdout)
equal "two runs by hand: the text" "" "$same_told"
exits "one provider shown" 0 "$program" diff --limit 1 one two
equal "one provider shown: the first" 1 "$(grep -cE '^  (1 +lost|2 +gained)' stdout)"

# ---- The page ----
exits "a page" 0 "$program" diff one two --out page.html
equal "a page: the owner's" 600 "$(stat -c %a page.html)"
equal "a page: nothing of a file is markup" 0 "$(grep -c '<script' page.html)"
equal "a page: but it is shown" 1 "$(grep -c '&lt;script&gt;alert(1)&lt;/script&gt;' page.html)"
equal "a page: asks for nothing else" 0 "$(grep -cE 'https?:|src=|href=|url\(' page.html)"
exits "a page that is there" 73 "$program" diff one two --out page.html
exits "a page over another" 0 "$program" diff one two --out page.html --force
exits "a page nowhere" 73 "$program" diff one two --out nowhere/page.html
exits "a page that is a directory" 73 "$program" diff one two --force --out one
equal "nothing is left beside pages" "" "$(ls -A | grep -F .page)"

# ---- Runs with samples: the hits of providers ----
cp -r one three
sed -i 's/"findings": "all"/"findings": "sample"/' three/manifest.json
printf '1,npi,DUP-01,,4,1234.56\n2,npi,DUP-01,,0,0.00\n3,npi,VAL-02,,1,\n' >>one/provider_rules.csv
printf '1,npi,DUP-01,,2,1000.00\n2,npi,DUP-01,,3,0.50\n3,npi,VAL-02,,1,\n' >>three/provider_rules.csv
exits "a run with samples" 0 "$program" diff one three
equal "a run with samples: the note" 1 "$(grep -c 'one of the runs did not keep all findings (--findings all)' stdout)"
equal "a run with samples: by provider" "  DUP-01 3 0.50 2 234.56 0" \
	"$(sed -n '/^Hits gained/,/^$/p' stdout | grep DUP-01 | tr -s ' ' | sed 's/^ /  /')"
exits "the year's run with samples" 0 "$program" diff --json a s
equal "the year's run with samples: the same dollars" "$hits $dollars" \
	"$(json_rule stdout lost) $(json_rule stdout dollars_lost)"

# ---- Other inputs ----
head -n 5000 year/claims.csv >less.csv
exits "a run of other claims" 0 into less --findings all less.csv
exits "runs of other claims" 0 "$program" diff --json a less
equal "runs of other claims: the inputs" '  "inputs": {"same": 0, "only_a": 1, "only_b": 1},' \
	"$(grep '"inputs"' stdout)"
sum() { # MEMBER of all findings
	grep '"all": ' stdout | grep -oE "\"$1\": [0-9]+" | sed 's/.*: //'
}
kept() { # standing findings of a run
	grep -vc 'superseded_by=' "$1/findings.csv"
}
equal "runs of other claims: findings add up" $(($(kept a) - 1 + $(sum gained) - $(sum lost))) \
	$(($(kept less) - 1))

# ---- What is wrong ----
exits "one run" 64 "$program" diff one
exits "three runs" 64 "$program" diff one two a
exits "an unknown option" 64 "$program" diff --jsn one two
exits "no such run" 66 "$program" diff one nowhere
exits "a file for a run" 66 "$program" diff one golden
mkdir foreign
exits "a foreign directory" 65 "$program" diff foreign one
exits "runs without tables" 66 sh -c "mkdir bare && cp one/manifest.json bare && '$program' diff bare one"
broken() { # NAME CODE WORDS FILE: one with FILE from standard input against two
	rm -rf broken
	cp -r one broken
	cat >"broken/$4"
	exits "$1" "$2" "$program" diff broken two
	says "$1: where" "$3"
}
head -n -1 one/findings.csv | broken "a table cut between rows" 65 \
	"broken/findings.csv:6: the table ends here" findings.csv
head -c -3 one/findings.csv | broken "a table cut in a row" 65 \
	"broken/findings.csv:7: the file ends" findings.csv
{ head -n 1 one/findings.csv; tail -n +3 one/findings.csv; sed -n 2p one/findings.csv; } |
	broken "a table out of order" 65 "broken/findings.csv:7: out of the order" findings.csv
sed '2s/^DUP-01/DUP-00/' one/findings.csv | broken "a rule of no run" 65 \
	"broken/findings.csv:2: column rule" findings.csv
sed '3s/1,900/1,many/' one/providers.csv | broken "a word for a number" 65 \
	"broken/providers.csv:3: column score: no whole number" providers.csv
sed 's/score/skore/' one/providers.csv | broken "a column less" 65 \
	"broken/providers.csv:1: no column score" providers.csv
sed 's/"settings": {[^}]*}/"settings": ["all", 3]/; s/"inputs": \[[^]]*\]/"inputs": {"a": 1}/' \
	one/manifest.json >listed.json
broken "a list for settings" 65 "broken/manifest.json: a list where a setting" manifest.json <listed.json
echo '{' | broken "a manifest that is none" 65 "broken" manifest.json
cut_rules() { # a run of the program's own: its manifest lists the rules
	rm -rf broken
	cp -r a broken
	head -n 50 a/rules.csv >broken/rules.csv
	"$program" diff broken b
}
exits "rules cut between rows" 65 cut_rules
says "rules cut between rows: where" "broken/rules.csv:50: the table ends here"
sed '2s/,,,,,4,/,,,abc,,4,/' one/rules.csv | broken "a word in a column that is not compared" 65 \
	"broken/rules.csv:2: column evaluated: no whole number" rules.csv
sed '6s/30.00$/abc/' one/findings.csv | broken "a word in a row that is passed over" 65 \
	"broken/findings.csv:6: column dollars: no number" findings.csv

# ---- Public runs: the reader is told ----
cp -r one open
sed -i 's/"settings"/"public": true, "settings"/' open/manifest.json
exits "a public run" 0 "$program" diff one open
equal "a public run: told" "  (B hides small counts (--public): what it hides is compared as 0)" \
	"$(grep -e --public stdout)"
exits "two public runs" 0 "$program" diff open open --out open.html
equal "two public runs: told" 1 "$(grep -c 'A and B hide small counts' open.html)"
exits "a public run as JSON" 0 "$program" diff --json open one
equal "a public run as JSON: told" '  "public": [true, false],' "$(grep '"public"' stdout)"
exits "no public run" 0 "$program" diff one two
equal "no public run: nothing is told of it" 0 "$(grep -c -e --public stdout)"
