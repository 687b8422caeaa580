package storage

import (
	"slices"
	"strings"
	"testing"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func TestEveryLanguageHasItsVocabulary(t *testing.T) {
	for _, name := range pipeline.Languages() {
		l := languages[name]
		if l == nil || len(l.stop) == 0 || len(l.weak) == 0 || len(l.phrases) == 0 {
			t.Errorf("%s: %+v", name, l)
		}
		if known := endings[name] != nil; known != (name != pipeline.NoLanguage) {
			t.Errorf("%s: stems known: %t", name, known)
		}
		team := pipeline.DefaultTeam("C1", "payments", pipeline.Person{ID: "U1", Zone: "UTC"})
		team.Language = name
		if _, err := pipeline.CheckTeam(team); err != nil {
			t.Errorf("%s is refused: %v", name, err)
		}
		team.Language = "klingon"
		if _, err := pipeline.CheckTeam(team); err == nil {
			t.Error("a language without a vocabulary is taken")
		}
	}
}

func TestAVocabularyThatIsBrokenNamesTheLine(t *testing.T) {
	for vocabulary, want := range map[string]string{
		"# fine\nsmae: a, b":     `line 2 begins with "smae"`,
		"stop: a\nsame: a, , b":  "line 2: a phrase is empty",
		"words without anything": `line 1 begins with "words without anything"`,
	} {
		if _, err := newLanguage(nil, vocabulary); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q answers %v", vocabulary, err)
		}
	}
}

// stemsOf gives the stems of a text, and its meanings.
func stemsOf(l *language, text string) (stems, meanings []string) {
	for _, t := range l.understand(appendTerms(nil, text, l.stem), nil) {
		stems = append(stems, t.stem)
		meanings = append(meanings, t.meanings...)
	}
	return stems, meanings
}

func TestFormsOfAWordHaveOneStem(t *testing.T) {
	for _, c := range []struct {
		language pipeline.Language
		forms    string
	}{
		{"english", "exporting exports EXPORTED ｅｘｐｏｒｔ"},
		{"french", "continuellement continuelle"},
		{"hungarian", "könyvek könyveket könyv"},
		{"norwegian", "havnene havnen"},
		{"russian", "книга книги книгу"},
		{"russian", "отчёт отчет отчёты"},
		{"spanish", "cheques cheque"},
		{"swedish", "jaktkarlarne jaktkarl"},
		{"none", "Straße STRASSE"},
		{"none", "Café CAFE cafe\u0301"},
	} {
		stems, _ := stemsOf(languages[c.language], c.forms)
		if len(stems) < 2 || len(slices.Compact(slices.Clone(stems))) != 1 {
			t.Errorf("%s: %q has the stems %q", c.language, c.forms, stems)
		}
	}
}

func TestWhereWordsAreNotSeparatedPairsCount(t *testing.T) {
	for text, want := range map[string][]string{
		"PDF出力":     {"pdf", "出力"},
		"请求书":       {"请求", "求书"},
		"ダークモード":    {"ダー", "ーク", "クモ", "モー", "ード"},
		"ﾀﾞｰｸ":      {"ダー", "ーク"},
		"청구서":       {"청구", "구서"},
		"ใบแจ้ง":    {"ใบ", "บแ", "แจ", "จ้", "้ง"},
		"ab  c, d!": {"ab", "c", "d"},
		"in\u00advoice \u202emar\u200bket\u2060 نرم\u200cافزار": {"invoice", "market", "نرمافزار"}, // what nobody sees is no gap
	} {
		if diff := cmp.Diff(want, wordsOf(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestOtherWordsForTheSame(t *testing.T) {
	for _, c := range []struct {
		language pipeline.Language
		a, b     string
		same     bool
	}{
		{"english", "Download", "exported", true},
		{"english", "a log-in for all", "Sign in", true},
		{"english", "dark mode", "night theme", true},
		{"english", "2FA", "a second factor", true},
		{"english", "sign the form", "log", false},
		{"english", "invoice", "holiday", false},
		{"french", "télécharger", "exportation en csv: exporter", true},
		{"none", "Rechnung", "Belege", true},
		{"none", "エクスポート", "ダウンロード", true},
	} {
		_, a := stemsOf(languages[c.language], c.a)
		_, b := stemsOf(languages[c.language], c.b)
		if same := slices.ContainsFunc(a, func(m string) bool { return slices.Contains(b, m) }); same != c.same {
			t.Errorf("%q and %q mean the same: %t", c.a, c.b, same)
		}
	}
}
