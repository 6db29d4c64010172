# SPDX-License-Identifier: Apache-2.0
# Bad releases: a clear message that names the file, exit 78, no image left behind.
. "$(dirname "$0")/assert.sh"
. "$root/tests/cli/releases.sh"

build() {
	rm -rf images
	"$program" codes build releases -o images
}

# A good folder to spoil.
good() {
	rm -rf releases
	releases_of_2025 releases
}

# refused NAME WORDS: 78, the words are said, and nothing is left.
refused() {
	exits "refused: $1" 78 build
	says "refused: $1: says what and where" "$2"
	equal "refused: $1: no image, nothing half-written" "" \
		"$(find . -maxdepth 1 -name '*images*')"
}

# taken NAME FILE ROWS: it is read, with so many rows.
taken() {
	exits "taken: $1" 0 build
	equal "taken: $1: rows" "$3" "$(awk -v name="$2" '$1 == name { print $2 }' stdout)"
}

order=releases/icd10cm/icd10cm_order_2025.txt
ptp=releases/ncci/ccipra-v302r0
mue=releases/ncci/MCR_MUE_PractitionerServices_Eff_07-01-2024.csv
aoc=releases/ncci/ncci_aoc_2026q2.csv

good
exits "the good folder" 0 build

mkdir -p none && rm -rf releases && mkdir releases
refused "an empty folder" "holds no files"
echo 'nothing that anyone publishes' >releases/notes.txt
refused "a folder of files that fit nothing" "notes.txt"
rm -rf releases
exits "no folder" 66 build
says "no folder is named" releases

good && rm $ptp-f3.txt
refused "a missing part of PTP" "ccipra-v302r0-f3 is missing"
good && mv $ptp-f3.txt releases/ncci/ccipra-v303r0-f3.txt
refused "parts of two releases" "mixed up"
good && size=$(stat -c %s $ptp-f2.txt) && head -c $((size - 60)) $ptp-f2.txt >cut && mv cut $ptp-f2.txt
refused "a truncated part of PTP" "ccipra-v302r0-f2.txt"
good && cp $ptp-f2.txt $ptp-f3.txt
refused "a part of PTP twice, for another" "ccipra-v302r0-f3.txt"
good && sed -i '$d' $ptp-f4.txt
refused "a part of PTP without edits" "ccipra-v302r0-f4.txt"
good && sed 's/20100101	\*/20100101	20090101/' $ptp-f3.txt >inverted && mv inverted $ptp-f3.txt
refused "PTP dates inverted" "f3.txt:7: deleted on 20090101, before it was effective on 20100101"
good && echo '1,11045,,11044,,2013091,2012001,' >>$aoc
refused "add-on dates inverted" "ncci_aoc_2026q2.csv:5"
good && sed 's/20221220/20221320/' releases/lists/UPDATED.csv >wrong && mv wrong releases/lists/UPDATED.csv
refused "a date that does not exist" "UPDATED.csv:3"

good && printf '<!DOCTYPE html>\n<html><body>License for use of CPT</body></html>\n' >$ptp-f3.txt
refused "a web page saved as a text file" "is a web page"
good && printf '\357\273\277  <html>\n' >$mue
refused "a web page behind a byte-order mark" "is a web page"
good && printf '<?xml version="1.0"?>\n<!-- saved from url=(0020) -->\n<html xmlns="x">\n' >$mue
refused "a web page behind what a browser writes" "is a web page"
for encoding in UTF-16 UTF-16LE UTF-16BE; do
	good && iconv -f ascii -t $encoding $order >wide && mv wide $order
	refused "$encoding" "icd10cm_order_2025.txt: is UTF-16"
done
good && tr '\n' '\r' <$mue | tr -s '\r' >cr && mv cr $mue
refused "CR alone for line ends" "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv: has CR alone"
good && printf 'PK\003\004 and no more' >releases/icd10cm/a.zip
refused "a damaged zip" "a.zip"
good && gzip $order && head -c 100 $order.gz >cut && mv cut $order.gz
refused "a cut gzip" "icd10cm_order_2025.txt.gz"

good && tail -n 1 $order >line && cat line >>$order
refused "a line of an order file twice" "icd10cm_order_2025.txt:8"
good && sed -i 3d $order
refused "a line of an order file missing" "icd10cm_order_2025.txt:3"
good && printf '11042,5,2 Date of Service Edit: Policy,Clinical: Data\r\n' >>$mue
refused "rows of one release that contradict one another" \
	"11042: ncci/MCR_MUE_PractitionerServices_Eff_07-01-2024.csv has two rows that differ in value"
good && printf '99214,two,2 Date of Service Edit: Policy,Clinical: Data\r\n' >>$mue
refused "a number that is none" "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"
good && cp $mue releases/ncci/MUE.csv && sed -i 's/^80053,1,/80053,3,/' releases/ncci/MUE.csv && rm $mue
refused "unit edits whose name has no quarter" "MUE.csv"

# Two releases of one quarter that contradict one another: both are named.
good && mkdir releases/ncci/again && sed 's/^80053,1,/80053,3,/' $mue >releases/ncci/again/${mue##*/}
refused "two releases that contradict one another" "80053"
equal "two releases that contradict one another: both files are named" yes \
	"$(grep -q 'ncci/MCR_MUE' stderr && grep -q 'ncci/again/MCR_MUE' stderr && echo yes)"
good && mkdir releases/ncci/again && head -n 3 $aoc >releases/ncci/again/ncci_aoc_2026q2.csv
refused "two add-on files of one quarter" \
	"ncci/again/ncci_aoc_2026q2.csv and ncci/ncci_aoc_2026q2.csv are of one quarter, and differ"
good && size=$(stat -c %s $mue) && head -c $((size - 6)) $mue >cut && mv cut $mue
exits "a text cut in its last cell" 0 build
says "a text cut in its last cell: is asked about" "07-01-2024.csv: its last line has no end: was it cut short?"

# What is not bad.
good && for file in $order $ptp-f?.txt $mue; do
	tr -d '\r' <"$file" >lf && mv lf "$file"
done
taken "LF for CRLF" icd10cm/icd10cm_order_2025.txt 7
"$program" codes lookup 80053 -c images --json >lf.json
good && build >/dev/null
"$program" codes lookup 80053 -c images --json >crlf.json
equal "taken: LF for CRLF: the same answers" "$(cat crlf.json)" "$(cat lf.json)"
good && title=$(printf 'M\351ni\350re disease') && {
	cat $order
	printf '00008 K3189   1 %-60s %s\r\n' "$title" "$title"
} >latin && mv latin $order
taken "latin-1" icd10cm/icd10cm_order_2025.txt 8
equal "taken: latin-1 becomes UTF-8" "$(printf '    description           M\303\251ni\303\250re disease')" \
	"$("$program" codes lookup K3189 -c images | tail -n 1)"
good && printf '80053,1,3 Date of Service Edit: Clinical,Clinical: Data\r\n' >>$mue
exits "taken: equal rows twice are one" 0 build
equal "taken: equal rows twice are one code" 5 "$(awk '$1 == "mue_practitioner" { print $3 }' stdout)"
good && cp $mue releases/ncci/copy && mkdir releases/more && mv releases/ncci/copy releases/more/${mue##*/}
exits "taken: a release twice" 0 build
equal "taken: a release twice is one window a code" 5 "$(awk '$1 == "mue_practitioner" { print $4 }' stdout)"
good && : >releases/empty.txt && echo hello >releases/notes.txt
exits "taken: files that fit nothing beside good ones" 0 build
equal "taken: files that fit nothing are named and counted" "Not read: 2" "$(grep '^Not read' stdout)"
good && gzip releases/mpfs/PPRRVU2025_Oct.csv
taken "a gzip" mpfs/PPRRVU2025_Oct.csv.gz 3
good && printf '1 11045 2013091       11042 2013091\n' >releases/ncci/AOC_V2026Q2-MCR.txt
exits "named: add-on codes of fixed width" 0 build
equal "named: add-on codes of fixed width, and what to do" 1 "$(grep -c "AOC_V2026Q2-MCR.txt: .*save the sheet of the workbook beside it as CSV" stdout)"
if command -v zip >/dev/null 2>&1; then
	good && (cd releases/icd10cm && zip -q a.zip icd10cm_order_2025.txt && rm icd10cm_order_2025.txt)
	taken "a zip" icd10cm/a.zip:icd10cm_order_2025.txt 7
else
	skip "codes build of a zip: zip is not here"
fi

# ---- The output, and images ----

exits "a file for a folder" 66 "$program" codes build releases/lists/UPDATED.csv -o other
says "a file for a folder" "is no folder: the folder that it lies in is wanted"
mkdir -p shelf/2025 && ln -s shelf/2025 current && ln -s shelf/2024 broken
exits "an output that is a link" 0 "$program" codes build releases -o current
exits "an output that is a link, again" 0 "$program" codes build releases -o current --force
equal "an output that is a link: the link stays" shelf/2025 "$(readlink current)"
equal "an output that is a link: the images lie where it leads" 2025 "$(ls shelf)"
exits "an output that is a link: info" 0 "$program" codes info current --verify
exits "a link that leads nowhere" 73 "$program" codes build releases -o broken
says "a link that leads nowhere" "broken: is a link that leads nowhere"
good && mkdir mine && echo mine >mine/file
exits "an output that holds something else" 73 "$program" codes build releases -o mine --force
equal "an output that holds something else is left alone" file "$(ls mine)"
exits "an output that cannot be made" 73 "$program" codes build releases -o absent/deeper/images
build >/dev/null
cp -r images kept
rm releases/ncci/ccipra-v302r0-f1.txt
exits "a build that fails over earlier images" 78 "$program" codes build --force releases -o images
same "a build that fails leaves the earlier images" kept images

# damage NAME OFFSET: one byte of a set is another.
damage() {
	rm -rf images && cp -r kept images
	printf '\377' | dd of=images/icd10cm.set bs=1 seek="$1" conv=notrunc 2>/dev/null
}
size=$(stat -c %s kept/icd10cm.set)
at=0
missed=""
while [ $at -lt "$size" ]; do
	damage $at
	if ! cmp -s kept/icd10cm.set images/icd10cm.set; then
		"$program" codes info --verify images >/dev/null 2>&1
		[ $? = 78 ] || missed="$missed $at"
	fi
	at=$((at + 97))
done
equal "any byte that changed is found by --verify" "" "$missed"
damage $((size - 10))
exits "a set that changed: a look-up" 78 "$program" codes lookup E119 -c images
says "a set that changed is named" icd10cm.set
cp -r kept/. images && head -c $((size / 2)) kept/icd10cm.set >images/icd10cm.set
exits "a set that was cut: info" 78 "$program" codes info images
says "a set that was cut is named" icd10cm.set
printf 'CSPHASH not an image' >images/icd10cm.set
exits "a set that is none: info" 78 "$program" codes info images
exits "a set that is none: diff" 78 "$program" codes diff kept images
