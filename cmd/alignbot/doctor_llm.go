package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"alignbot/llm"
	"alignbot/pipeline"
)

// model asks the language model, where one is configured, a question that is made
// up: nothing of a team leaves for it. Without a model the bot works as well, so
// nothing here is broken.
func (d *doctor) model(ctx context.Context) {
	const subject = "language model"
	model, err := d.settings.LLM.open()
	if err != nil || model == nil {
		return // named by the check of the settings
	}
	defer model.Close()
	asked := time.Now()
	chosen, err := model.Suggest(ctx, madeUp, "", unlimited{})
	took := time.Since(asked).Round(10 * time.Millisecond)
	switch {
	case err == nil && len(chosen) > 0:
		d.find(OK, subject, fmt.Sprintf("%s answers in %v", model.Asks(), took), "")
	case err == nil:
		d.find(Warn, subject, model.Asks()+" answers, but chooses nothing where the choice is plain", "Try another model; alignbot eval suggestions measures it.")
	default:
		why := strings.TrimPrefix(err.Error(), "ask the model: ")
		if errors.Is(err, context.DeadlineExceeded) {
			why = fmt.Sprintf("no answer within llm.timeout, %v", d.settings.LLM.Timeout)
		}
		d.find(Warn, subject, model.Asks()+" gives no suggestions ("+why+")", "Correct llm.base_url, llm.model and llm.key, or start that server. Until then, suggestions come from comparing texts.")
	}
}

// madeUp has one outcome that fits.
var madeUp = llm.Question{
	Title: "Send a reminder when an invoice is overdue",
	Candidates: []llm.Candidate{
		{Key: pipeline.NodeKey{Team: "TRY", Number: 1}, Statement: "Customers pay their invoices sooner", Metric: "days from invoice to payment"},
		{Key: pipeline.NodeKey{Team: "TRY", Number: 2}, Statement: "Fewer people are hurt at work", Metric: "accidents a year"},
	},
}
