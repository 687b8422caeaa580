package bot

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// What is no JSON is no envelope, wherever in one it stands, and what is one is read
// without harm, whatever stands where Slack has something else.
func TestOnlyJSONIsAnEnvelope(t *testing.T) {
	file, err := os.ReadFile("../llm/testdata/json.txt")
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{strings.Repeat("[", 50_000), strings.Repeat(`{"a":`, 50_000), strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)}
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		text, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		texts = append(texts, text)
	}
	for _, text := range texts {
		for _, around := range []string{
			`%s`,
			`{"envelope_id":"e1","type":"slash_commands","payload":%s}`,
			`{"envelope_id":%s,"type":"slash_commands","payload":{"user_id":"U1","command":"/idea"}}`,
			`{"envelope_id":"e1","type":"slash_commands","payload":{"user_id":"U1","command":"/idea","text":%s}}`,
			`{"envelope_id":"e1","type":"interactive","payload":{"type":"block_actions","user":{"id":"U1"},"actions":[%s]}}`,
			`{"envelope_id":"e1","type":"interactive","payload":{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"a","selected_options":%s}]}}`,
			`{"envelope_id":"e1","type":"interactive","payload":{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","state":%s}}}`,
			`{"envelope_id":"e1","type":"interactive","payload":{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","state":{"values":{"b":{"a":{"value":%s}}}}}}}`,
			`{"envelope_id":"e1","type":"events_api","payload":{"event_id":"Ev1","event":%s}}`,
		} {
			frame := []byte(fmt.Sprintf(around, text))
			e, err := decodeEnvelope(frame)
			if err != nil {
				continue // refused, valid or not
			}
			if !json.Valid(frame) {
				t.Errorf("%.120q is no JSON and is taken", frame)
			}
			if a, ok := e.act("T1"); ok && (a.user == "" || len(a.request.Op) > 200) {
				t.Errorf("%.120q gives %+v", frame, a)
			}
		}
	}
}
