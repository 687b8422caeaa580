package main

import (
	"strings"
	"testing"

	"alignbot/llm/llmtest"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
)

func TestDoctorAsksTheModelOnce(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	environ := pointedAt(t, sim)
	_, findings := examined(t, environ)
	for _, f := range findings {
		if f.Subject == "language model" {
			t.Errorf("none is configured: %+v", f)
		}
	}
	for name, c := range map[string]struct {
		step  llmtest.Step
		level Level
		says  string
	}{
		"answers":         {llmtest.Says(`{"suggestions": ["TRY-O1"]}`), OK, "small at 127.0.0.1:"},
		"chooses nothing": {llmtest.Says(`{"suggestions": []}`), Warn, "chooses nothing"},
		"a wrong key":     {llmtest.Raw(401, `{"error": {"message": "Incorrect API key provided: sesame"}}`), Warn, "401 Unauthorized"},
	} {
		t.Run(name, func(t *testing.T) {
			server := llmtest.Serve(t, c.step)
			code, findings := examined(t, append(environ, "ALIGNBOT_LLM_BASE_URL="+server.URL+"/v1", "ALIGNBOT_LLM_MODEL=small", "ALIGNBOT_LLM_KEY=sesame"))
			f := find(t, findings, "language model")
			if code != exitOK || f.Level != c.level || !strings.Contains(f.Found, c.says) || strings.Contains(f.Found+f.Fix, "sesame") {
				t.Errorf("exit code %d, %+v", code, f)
			}
			if asked := server.Asked(); len(asked) != 1 || asked[0].Authorization != "Bearer sesame" {
				t.Errorf("asked %+v", asked)
			}
		})
	}
}
