package commands

import (
	"time"

	"alignbot/pipeline"
)

// healthValues are what somebody types into the forms about a team's backlog health.
func healthValues(e Entry, values map[string]Value) {
	switch e.Name {
	case formHealthMute:
		values["until"] = Value{Text: time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}
	case formHealthLimits:
		values[string(pipeline.LimitField(pipeline.RuleStarved, "warning"))] = Value{Text: "2.5"}
	case formHealthAsk:
		values["ready"], values["days"] = Value{Chosen: []string{"refined"}}, Value{Text: "3"}
	}
}
