package commands

import (
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// A reply waits for the message it stands under, and not for ever: what was
// answered is told in any case.
func TestAnswersAreToldWithoutTheMessageOfTheRound(t *testing.T) {
	app := shop(t)
	furnishRound(t, app, Entry{Name: actionRoundTry}, "PAY", "words")
	team, err := app.Store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	entry := toldInRound(toldAnswers, "", team, pipeline.Round{Team: "PAY", ID: 1})
	for tries := range toldTries {
		d, err := app.drawRoundTold(t.Context(), storage.Claimed{Outgoing: entry})
		if err != nil || !d.Skip {
			t.Fatalf("try %d: %+v (%v)", tries, d, err)
		}
		entry, _ = toldLater(entry, time.Now())
	}
	d, err := app.drawRoundTold(t.Context(), storage.Claimed{Outgoing: entry})
	if err != nil || d.Skip || d.Channel != "C1" || d.Thread != "" {
		t.Errorf("after %s: %+v (%v)", entry.ID, d, err)
	}
}
