package llm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// How a server is asked to shape its answer, the strictest first. What a server
// does not know it refuses; then the next one is tried, and remembered as long as
// the process lives. Whatever comes back is read alike: some servers take a
// schema and ignore it.
const (
	bySchema = iota // response_format json_schema
	asJSON          // response_format json_object
	asText          // no response_format
)

// ask sends a question and reads the answer. What may be a passing trouble is
// tried once more.
func (m *Model) ask(ctx context.Context, told []openai.ChatCompletionMessage, candidates []Candidate) ([]Suggestion, error) {
	for again := true; ; {
		shape := m.shape.Load()
		content, wait, err := m.send(ctx, shape, told, candidates)
		var answer []Suggestion
		if err == nil {
			answer, err = parseAnswer(content, candidates)
		}
		switch {
		case err == nil:
			return answer, nil
		case shape < asText && refusesShape(err):
			m.shape.CompareAndSwap(shape, shape+1)
			continue
		case !again || !mayPass(err):
			return nil, err
		}
		again = false
		if waited := sleep(ctx, wait); waited != nil {
			return nil, err
		}
	}
}

// send asks once. wait is how long the server wants to be left alone.
func (m *Model) send(ctx context.Context, shape int32, told []openai.ChatCompletionMessage, candidates []Candidate) (content string, wait time.Duration, err error) {
	request := openai.ChatCompletionRequest{Model: m.settings.Model, Messages: told}
	switch shape {
	case bySchema:
		request.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "suggestions", Schema: schema(candidates), Strict: true},
		}
	case asJSON:
		request.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	var retryAfter string
	answer, err := m.client.CreateChatCompletion(withRetryAfter(ctx, &retryAfter), request)
	if err != nil {
		return "", waitFor(retryAfter), err
	}
	if len(answer.Choices) == 0 { // also a 200 with an error in it
		return "", waitFor(retryAfter), errUnreadable
	}
	choice := answer.Choices[0]
	if choice.Message.Refusal != "" || choice.FinishReason == openai.FinishReasonContentFilter {
		return "", 0, ErrRefused
	}
	return choice.Message.Content, 0, nil
}

// status is that of a refused request, with what the server said about it; 0
// when there was no answer.
func status(err error) (code int, said string) {
	// RequestError first: it can have an APIError in it that has no status.
	if refused := (*openai.RequestError)(nil); errors.As(err, &refused) {
		return refused.HTTPStatusCode, string(bytes.ToLower(refused.Body))
	}
	if refused := (*openai.APIError)(nil); errors.As(err, &refused) {
		return refused.HTTPStatusCode, strings.ToLower(fmt.Sprint(refused.Message, refused.Code, refused.Type))
	}
	return 0, ""
}

// refusesShape tells whether a server does not know the response_format.
func refusesShape(err error) bool {
	code, said := status(err)
	if code != http.StatusBadRequest && code != http.StatusUnprocessableEntity && code != http.StatusNotImplemented {
		return false
	}
	for _, word := range []string{"response_format", "response format", "json_schema", "schema", "json_object", "json mode", "structured output", "guided", "grammar"} {
		if strings.Contains(said, word) {
			return true
		}
	}
	return false
}

// mayPass tells whether the same question may be answered the next time.
func mayPass(err error) bool {
	var tooLong *http.MaxBytesError
	var network *net.OpError
	switch code, _ := status(err); {
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code >= 500:
		return true
	case code != 0, errors.Is(err, errAddress), errors.Is(err, errRedirect), errors.As(err, &tooLong), errors.Is(err, ErrRefused):
		return false
	case errors.Is(err, errUnreadable), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	default:
		return errors.As(err, &network)
	}
}

// patience between two attempts where the server names none.
const patience = 300 * time.Millisecond

// waitFor reads the header Retry-After in seconds; no server of this kind sends
// a date.
func waitFor(retryAfter string) time.Duration {
	seconds, err := strconv.Atoi(retryAfter)
	if err != nil || seconds < 0 {
		return patience
	}
	return max(patience, time.Duration(min(seconds, 3600))*time.Second)
}

// sleep waits, or fails at once when there is not the time to.
func sleep(ctx context.Context, wait time.Duration) error {
	if end, limited := ctx.Deadline(); limited && time.Until(end) <= wait {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// brief keeps an error page of a server out of the log, and with it what may
// quote the question.
func brief(err error) error {
	if code, _ := status(err); code != 0 {
		return &statusError{code, err}
	}
	return err
}

// statusError is a refusal by its status alone.
type statusError struct {
	code  int
	cause error
}

func (e *statusError) Error() string {
	return fmt.Sprintf("the server answered %d %s", e.code, http.StatusText(e.code))
}
func (e *statusError) Unwrap() error { return e.cause }
