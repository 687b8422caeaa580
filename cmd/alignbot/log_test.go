package main

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

func TestTheLogShowsTimesAndDurationsAsPeopleWriteThem(t *testing.T) {
	var out bytes.Buffer
	newLogger(&out, LogSettings{Level: "info", Format: "json"}).WithGroup("redis").
		Info("the storage can save again", "after", 11_026_400_000*time.Nanosecond, "trip", 312*time.Microsecond, "n", 7)
	var record struct {
		Time  time.Time
		Redis struct {
			After, Trip string
			N           int
		}
	}
	if err := json.Unmarshal(out.Bytes(), &record); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if r := record.Redis; r.After != "11.026s" || r.Trip != "312µs" || r.N != 7 || record.Time.Location() != time.UTC {
		t.Errorf("logged %s", out.String())
	}
}
