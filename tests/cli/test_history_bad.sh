# SPDX-License-Identifier: Apache-2.0
#
# Histories on bad ground: no room to spill, a spill file that is damaged, a run
# that was killed, dates and persons that are missing.
. "$(dirname "$0")/assert.sh"

exits "claims are made" 0 "$program" gen --lines 300000 --providers 2000 --members 60000 --columns full --seed 5 -o made

left() {
	find . -maxdepth 1 \( -name 'run*' -o -name '.run*' \) -print
	find spills -mindepth 1 -print
}

mkdir spills
lean="--memory 57M --tmp spills --findings none --report csv --rules EM-05,GLO-01"
exits "no room to spill" 74 sh -c 'trap "" XFSZ; ulimit -f 512; exec "$0" "$@"' "$program" scan -q $lean -o run made/claims.csv
says "no room to spill: names the directory" spills
equal "no room to spill: nothing is left" "" "$(left)"
exits "no directory to spill into" 74 "$program" scan -q --memory 57M --tmp spills/nowhere --findings none --rules EM-05 -o run made/claims.csv
equal "no directory to spill into: nothing is left" "" "$(left)"

# The process is held while it scans, and the records that it has spilled so far are
# overwritten; not what it maps, which is its memory.
damage_spills() {
	for fd in /proc/$1/fd/*; do
		case $(readlink "$fd") in
		*spills/*deleted*)
			! grep -q " $(stat -Lc %i "$fd") " /proc/$1/maps || continue
			size=$(stat -Lc %s "$fd")
			[ "$size" -lt 2097152 ] || { head -c "$size" /dev/zero | tr '\0' 'x' | dd of="$fd" conv=notrunc bs=1M 2>/dev/null; damaged=yes; } ;;
		esac
	done
}
# hold_and HARM PID: harms a run while it is held, until it did; code is its end.
hold_and() {
	for try in $(seq 200); do
		kill -STOP "$2" 2>/dev/null || break
		"$1" "$2"
		kill -CONT "$2"
		[ -z "$damaged" ] || break
		sleep 0.02
	done
	wait "$2"
	code=$?
}
mkdir many
for i in 1 2 3 4 5 6; do ln made/claims.csv many/$i.csv; done
damaged=
"$program" scan -q -j1 $lean -o run many 2>stderr &
hold_and damage_spills $!
if [ -n "$damaged" ]; then
	equal "a spill file is damaged" 74 $code
	says "a spill file is damaged: says so" damaged
	equal "a spill file is damaged: nothing is left" "" "$(left)"
else
	skip "a spill file is damaged: nothing was spilled in time"
fi

# What it maps is cut, as where a disk does not read its pages again.
lose_pages() {
	for fd in /proc/$1/fd/*; do
		case $(readlink "$fd") in
		*spills/*deleted*)
			! grep -q " $(stat -Lc %i "$fd") " /proc/$1/maps || { truncate -s 0 "$fd" && damaged=yes; } ;;
		esac
	done
}
damaged=
"$program" scan -q -j1 --memory 57M --tmp spills --findings none --report csv -o run many 2>stderr &
hold_and lose_pages $!
if [ -n "$damaged" ]; then
	equal "pages of the spill file are lost" 74 $code
	says "pages of the spill file are lost: says so" "cannot be read again"
else
	skip "pages of the spill file are lost: nothing was mapped in time"
fi
rm -rf .run* # as of one that was killed

# Killed in the midst of it: spill files have no names, and the next run goes its way.
"$program" scan -q -j1 $lean -o run many 2>stderr &
scanner=$!
sleep 0.1
kill -KILL $scanner
wait $scanner 2>/dev/null
equal "killed: no spill file is left" "" "$(find spills -mindepth 1 -print)"
rm -rf run # where it was done before it was killed
exits "after one that was killed" 0 "$program" scan -q $lean -o run made/claims.csv
equal "after one that was killed: a run" 1 "$(ls -d run | wc -l | tr -d ' ')"
rm -rf run .run* many

# Lines without dates, persons or providers are counted, and judged as far as they go.
for blank in date person provider; do
	awk -F, -v OFS=, -v blank=$blank 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print; next }
		NR % 2 { if (blank == "date") { $at["claim_start_date"] = $at["claim_end_date"] = $at["claim_line_start_date"] = $at["claim_line_end_date"] = $at["admission_date"] = "" }
			if (blank == "person") $at["person_id"] = ""
			if (blank == "provider") $at["rendering_npi"] = $at["billing_npi"] = $at["facility_npi"] = "" }
		{ print }' made/claims.csv | head -n 20001 >blank.csv
	exits "every second line has no $blank" 0 scan --findings all blank.csv
	# In scope, evaluated and not: what is in scope is one of the two.
	equal "no $blank: all that is in scope is told" "" "$(awk -F, 'NR > 1 { gsub(/"[^"]*"/, ""); split($0, c, ","); if (c[9] != "" && c[9] != c[10] + c[11]) print c[1] }' run/rules.csv)"
	awk 'NR == 1 || NR % 2' blank.csv >half.csv
	exits "all lines have no $blank" 0 scan --findings all half.csv
	equal "all lines have no $blank: no new patient is judged" 0 \
		"$(awk -F, '/^EM-05/ { gsub(/"[^"]*"/, ""); split($0, c, ","); print c[10] + 0 }' run/rules.csv)"
done
