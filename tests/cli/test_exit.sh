# SPDX-License-Identifier: Apache-2.0
# The exit codes of the contract's section 6, and what --help shows.
. "$(dirname "$0")/assert.sh"

narrow_file >claims.csv
exits "0: a scan" 0 "$program" scan -q -o done claims.csv
equal "0: the run directory is there" yes "$([ -f done/providers.csv ] && echo yes)"
equal "the run directory is 0700" 700 "$(stat -c %a done)"
equal "its files are 0600" 600 "$(stat -c %a done/* | sort -u)"

exits "64: no command" 64 "$program"
exits "64: a command that is none" 64 "$program" scam
says "64: did you mean" "did you mean"
exits "64: an option that is none" 64 "$program" scan --thread 2 claims.csv
says "64: did you mean, of an option" "did you mean"
exits "64: no input" 64 "$program" scan -o run
exits "64: a value that is none" 64 "$program" scan --io fast -o run claims.csv
exits "64: a rule that is none" 64 "$program" scan --rules VAL-99 -o run claims.csv
exits "64: threads that are none" 64 "$program" scan -j none -o run claims.csv
exits "64: dates that are none" 64 "$program" scan --dates 2024..yesterday -o run claims.csv

sed 's/^claim_id,/other,/' claims.csv >keyless.csv
exits "65: no claim_id" 65 "$program" scan -q -o run keyless.csv
says "65: names the column" "claim_id"
# The folder of gen holds more than claims.
exits "gen" 0 "$program" gen --lines 200 --providers 10 --members 20 -o made
exits "65: the folder of gen" 65 "$program" scan -q -o run made
says "65: the folder of gen: how to name what is in it" "name the claim files alone"
for file in members providers; do
	exits "65: a $file file among the claims" 65 "$program" scan -q -o run made/claims.csv made/$file.csv
	says "65: a $file file among the claims: which, and its option" \
		"made/$file.csv:0: no column claim_id: its columns are a $file file's: give it by --$file"
done
exits "65: labels among the claims" 65 "$program" scan -q -o run made/claims.csv made/labels.csv
says "65: labels among the claims: what they are" "made/labels.csv:0: no column claim_id: these are the labels of claimscan gen"
exits "0: as they are told" 0 "$program" scan -q -o told --members made/members.csv --providers made/providers.csv made/claims.csv
exits "66: no such input" 66 "$program" scan -q -o run absent.csv
says "66: names the file" "absent.csv"
exits "71: too little memory" 71 "$program" scan -q --memory 1M -o run claims.csv
says "71: names what is needed" "--memory"
exits "73: the run directory exists" 73 "$program" scan -q -o done claims.csv
says "73: names the option" "--force"
exits "73: it cannot be made" 73 "$program" scan -q -o absent/deeper claims.csv
exits "0: --force" 0 "$program" scan -q --force -o done claims.csv
mkdir precious && echo mine >precious/file
exits "73: --force spares what is no run" 73 "$program" scan -q --force -o precious claims.csv
equal "73: and leaves it alone" mine "$(cat precious/file)"

echo 'person_id,birth_date' >members.csv
echo '"P1,1980-01-01' >>members.csv
exits "78: a members file that does not parse" 78 "$program" scan -q --members members.csv -o run claims.csv
says "78: names the file" "members.csv"
printf 'short' >key && chmod 600 key
exits "78: a key under 16 bytes" 78 "$program" scan -q --id-key key -o run claims.csv
printf 'sixteen bytes and more' >key && chmod 644 key
exits "78: a key that others can read" 78 "$program" scan -q --id-key key -o run claims.csv
exits "66: no such settings file" 66 "$program" scan -q --settings absent -o run claims.csv
says "66: no such settings file: the option" "absent: No such file or directory (--settings)"
mkdir folder
exits "66: a folder for settings" 66 "$program" scan -q --settings folder -o run claims.csv
for file in map members providers codes norms descriptions; do
	exits "66: no such file for --$file" 66 "$program" scan -q --$file absent -o run claims.csv
	says "66: no such file for --$file: its name" "absent"
done
exits "66: no such table" 66 "$program" scan -q --table coverage=absent -o run claims.csv
exits "66: no decisions" 66 "$program" calibrate absent
exits "66: no run" 66 "$program" report absent
exits "66: no releases" 66 "$program" codes build absent -o images
# SETTING MESSAGE: a line of the settings file that is wrong.
while IFS='|' read -r setting message; do
	printf '# ours\n%s\n' "$setting" >settings
	exits "78: settings: $setting" 78 "$program" scan -q --settings settings -o run claims.csv
	says "78: settings: $setting: where" "settings:2: $message"
done <<-'LINES'
	no such thing = 1|no setting "no such thing"
	io = fast|--io
	threads = none|--threads
	rules = VAL-99|--rules
	dates = 2024..yesterday|--dates
	max-bad = some|--max-bad
	public = perhaps|public: "perhaps" is neither yes nor no
LINES
printf 'rules = VAL-99\n' >settings
exits "64: the command line wins, and is wrong" 64 "$program" scan -q --settings settings --rules VAL-98 -o run claims.csv
exits "0: the command line wins" 0 "$program" scan -q --settings settings --rules VAL-01 -o fine claims.csv
printf 'quiet = yes\nno-timing\npublic = no\nthreads = 1\n' >settings
exits "0: switches in settings" 0 "$program" scan --settings settings --force -o fine claims.csv
equal "quiet = yes is quiet" "" "$(cat stderr)"
equal "public = no is not public, no-timing leaves threads out" "0 0" \
	"$(grep -c '"public"' fine/manifest.json) $(grep -c '"threads"' fine/manifest.json)"
equal "nothing is left of what failed" "" "$(find . -maxdepth 1 -name 'run*')"

exits "--help" 0 "$program" scan --help
equal "--help fits a screen" yes "$([ "$(wc -l <stdout)" -le 60 ] && echo yes)"
equal "--help fits its width" yes "$([ "$(wc -L <stdout)" -le 100 ] && echo yes)"
equal "--help shows an example" yes "$(grep -q 'claimscan scan [a-z]*.csv ' stdout && echo yes)"
exits "claimscan --help" 0 "$program" --help
exits "--version" 0 "$program" --version

exits "rules list" 0 "$program" rules list
equal "rules list names all 77" 77 "$(grep -cE '\b[A-Z]{3}-[0-9]{2}\b|\bEM-[0-9]{2}\b' stdout)"
exits "rules explain" 0 "$program" rules explain VAL-01
equal "rules explain says what it is" yes "$(grep -q 'VAL-01' stdout && echo yes)"
for words in "" explain template list; do
	# shellcheck disable=SC2086
	exits "rules $words --help" 0 "$program" rules $words --help
	equal "rules $words --help: names what there is" 4 "$(grep -c 'claimscan rules [a-z]' stdout)"
done
exits "rules explain of none" 64 "$program" rules explain VAL-99
exits "rules template" 0 "$program" rules template members
equal "rules template prints the header" person_id "$(head -n 1 stdout | cut -d, -f1)"

exits "--explain" 0 "$program" scan --explain -o explained claims.csv
equal "--explain writes nothing" "" "$(find . -maxdepth 1 -name 'explained*')"

# A broken pipe on standard output is no failure: the status of the writer.
{ "$program" rules list; echo $? >status; } | head -n 1 >/dev/null
equal "a broken pipe is 0" 0 "$(cat status)"
