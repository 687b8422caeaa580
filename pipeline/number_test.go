package pipeline_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		typed, unit string
		want        string // as FormatNumber writes it; "" when it is refused
		code        string // of the refusal
	}{
		{"30", "", "30", ""},
		{" 30 ", "", "30", ""},
		{"30,5", "", "30.5", ""},
		{"30.50", "", "30.5", ""},
		{".5", "", "0.5", ""},
		{"-3", "", "-3", ""},
		{"−3", "", "-3", ""},
		{"- 3", "", "-3", ""},
		{"+3", "", "3", ""},
		{"-0", "", "0", ""},
		{"007", "", "7", ""},
		{"３０", "", "30", ""},
		{"999999999999", "", "999999999999", ""},
		{"0.000000000001", "", "0.000000000001", ""},

		{"30 %", "%", "30 %", ""},
		{"30%", "%", "30 %", ""},
		{"30", "%", "30 %", ""},
		{"30 percent", "%", "30 %", ""},
		{"30％", "%", "30 %", ""},
		{"20 €", "€", "20 €", ""},
		{"€ 20", "€", "20 €", ""},
		{"€20", "€", "20 €", ""},
		{"-€20", "€", "-20 €", ""},
		{"€-20", "€", "-20 €", ""},
		{"20 EUR", "€", "20 €", ""},
		{"EUR 20", "EUR", "20 EUR", ""},
		{"€ 20 a month", "€ a month", "20 € a month", ""},
		{"20 € A MONTH", "€ a month", "20 € a month", ""},
		{"12 people in 7 days", "people in 7 days", "12 people in 7 days", ""},

		{"12 people", "", "12 people", ""},
		{"$5", "", "5 $", ""},
		{"20 sign-ups in 14 days", "", "20 sign-ups in 14 days", ""},

		{"1 000", "", "1000", ""},
		{"1\u202f000,5", "", "1000.5", ""},
		{"1'000", "", "1000", ""},
		{"1’000.25", "", "1000.25", ""},
		{"1,000,000", "", "1000000", ""},
		{"1.000.000", "", "1000000", ""},
		{"1,000.5", "", "1000.5", ""},
		{"1.000,5", "", "1000.5", ""},
		{"1.000,500", "", "1000.5", ""},
		{"12 000 €", "€", "12000 €", ""},
		{"0,125", "", "0.125", ""},
		{"1.1250", "", "1.1250", ""},
		{"1234,567", "", "1234.567", ""},

		{"1,000", "", "", "number-ambiguous"},
		{"1.000", "", "", "number-ambiguous"},
		{"-12,500 %", "%", "", "number-ambiguous"},

		{"", "", "", "number-missing"},
		{" \u200b ", "%", "", "number-missing"},
		{"many", "", "", "number-text"},
		{"%", "%", "", "number-text"},
		{"about 30", "", "", "number-text"},
		{"~30", "", "", "number-text"},
		{"> 30", "", "", "number-text"},
		{"30+", "", "", "number-text"},
		{"--3", "", "", "number-text"},
		{"-€-3", "", "", "number-text"},
		{"NaN", "", "", "number-text"},
		{"Inf", "", "", "number-text"},
		{"-Infinity", "", "", "number-text"},
		{"1e5", "", "", "number-text"},
		{"1e999", "", "", "number-text"},
		{"0x1F", "", "", "number-text"},
		{"1h30", "", "", "number-text"},
		{"10²", "", "", "number-text"},
		{"½", "", "", "number-text"},
		{strings.Repeat("9", 100_000), "", "", "number-text"},

		{"30-40", "", "", "number-several"},
		{"30 – 40", "", "", "number-several"},
		{"3 of 5", "", "", "number-several"},
		{"30 to 40", "%", "", "number-several"},
		{"3 5", "", "", "number-several"},
		{"10:30", "", "", "number-several"},
		{"1/2", "", "", "number-several"},
		{"20 % 30", "%", "", "number-several"},

		{"1,00,000", "", "", "number-separators"},
		{"30.11.2026", "", "", "number-separators"},
		{"1,000.5.5", "", "", "number-separators"},
		{"1 000'000", "", "", "number-separators"},

		{"1234567890123", "", "", "number-long"},
		{"0.0000000000001", "", "", "number-long"},
		{"1" + strings.Repeat("0", 20), "", "", "number-long"},

		{"30 k", "", "", "number-scale"},
		{"2 million €", "€", "", "number-scale"},

		{"30 people", "%", "", "number-unit"},
		{"$ 30", "€", "", "number-unit"},
		{"20 €", "€ a month", "", "number-unit"},
		{"3 " + strings.Repeat("x", 41), "", "", "number-unit"},
	} {
		value, unit, err := pipeline.ParseNumber(c.typed, c.unit)
		got := ""
		if err == nil {
			got = pipeline.FormatNumber(value, unit)
		}
		if got != c.want || problemCode(err) != c.code {
			t.Errorf("ParseNumber(%q, %q) = %q, %v; want %q %s", pipeline.Cut(c.typed, 40), c.unit, got, err, c.want, c.code)
		}
	}
}

func TestParseNumberSaysWhatToWrite(t *testing.T) {
	for typed, want := range map[string]string{
		"1,000":    "“1,000” can be read in two ways. Write 1000 or 1.0.",
		"-1.125 %": "“-1.125 %” can be read in two ways. Write -1125 or -1.1250.",
		"5 people": "This number is in “%”, and you wrote “people”. Write it in “%”, or without a unit.",
		"lots":     "“lots” is not a number. Write one in “%” in digits, such as 30 or 2.5.",
		"3 of 5":   "There is more than one number in “3 of 5”. Write a single one.",
	} {
		if _, _, err := pipeline.ParseNumber(typed, "%"); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %q", typed, err, want)
		}
	}
}

func TestNumbersReadBackAsTheyAreWritten(t *testing.T) {
	units := []string{"", "%", "€", "€ a month", "people", "people in 7 days", "sign-ups", "°C", "m²"}
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, "digits")
		places := rapid.IntRange(0, 12).Draw(t, "places")
		v := float64(digits) / math.Pow10(places)
		unit := rapid.SampledFrom(units).Draw(t, "unit")
		for _, asked := range []string{unit, ""} {
			if got, gotUnit, err := pipeline.ParseNumber(pipeline.ShowNumber(v, unit), asked); err != nil || got != v || gotUnit != unit {
				t.Fatalf("%v in %q, asked in %q, is shown as %v %q: %v", v, unit, asked, got, gotUnit, err)
			}
			got, gotUnit, err := pipeline.ParseNumber(pipeline.FormatNumber(v, unit), asked)
			if err != nil || got != v || gotUnit != unit {
				t.Fatalf("%v in %q, asked in %q, reads back as %v %q: %v", v, unit, asked, got, gotUnit, err)
			}
		}
	})
}

func TestShowNumber(t *testing.T) {
	for want, c := range map[string]struct {
		v    float64
		unit string
	}{
		"0":                   {math.Copysign(0, -1), ""},
		"999":                 {999, ""},
		"1 200 calls":         {1200, "calls"},
		"-12 345.5 €":         {-12345.5, "€"},
		"999 999 999 999":     {999_999_999_999, ""},
		"12.5 %":              {12.5, "%"},
		"99.9990 %":           {99.999, "%"},
		"0.2 %":               {0.3 - 0.1, "%"}, // 0.19999999999999998
		"1 234.567":           {1234.567, ""},
		"0.000000000001 days": {1e-12, "days"},
	} {
		if got := strings.ReplaceAll(pipeline.ShowNumber(c.v, c.unit), "\u202f", " "); got != want {
			t.Errorf("%v %s is shown as %q, want %q", c.v, c.unit, got, want)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, seed := range []string{"30", "1,000", "1.000,5", "€ 20", "30 %", "-3", "1e999", "3 of 5", "½", "30\u202f000", "% 3", "+.5", "5 % %"} {
		f.Add(seed, "")
		f.Add(seed, "%")
		f.Add(seed, "7 days")
	}
	f.Fuzz(func(t *testing.T, typed, unit string) {
		value, named, err := pipeline.ParseNumber(typed, unit)
		if err != nil {
			if problemCode(err) == "" {
				t.Fatalf("%q: an error without words for people: %v", typed, err)
			}
			return
		}
		if math.IsNaN(value) || math.IsInf(value, 0) {
			t.Fatalf("%q is %v", typed, value)
		}
		shown, unitShown, err := pipeline.ParseNumber(pipeline.ShowNumber(value, named), named)
		if len(named) <= 60 && (err != nil || shown != value || unitShown != named) {
			t.Fatalf("%q in %q is %v %q, and is shown as %v %q: %v", typed, unit, value, named, shown, unitShown, err)
		}
		again, unitAgain, err := pipeline.ParseNumber(pipeline.FormatNumber(value, named), named)
		if len(named) <= 60 && (err != nil || again != value || unitAgain != named) {
			t.Fatalf("%q in %q is %v %q, and reads back as %v %q: %v", typed, unit, value, named, again, unitAgain, err)
		}
	})
}
