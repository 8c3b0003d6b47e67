package notebook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Resource is something with a setup and a teardown that take their time.
type Resource struct{ w io.Writer }

// EnterResource sets a Resource up. The error is ctx's.
func EnterResource(ctx context.Context, w io.Writer) (*Resource, error) {
	fmt.Fprintln(w, "  Entering: acquiring resource...")
	return &Resource{w}, Pause(ctx)
}

// Exit tears the resource down. The error is ctx's.
func (r *Resource) Exit(ctx context.Context) error {
	fmt.Fprintln(r.w, "  Exiting: releasing resource...")
	return Pause(ctx)
}

// DoWork does some work. The error is ctx's.
func (r *Resource) DoWork(ctx context.Context) (string, error) {
	return "work done", Pause(ctx)
}

// Events keeps what happened, in order.
type Events []string

// Add adds what happened.
func (e *Events) Add(event string) { *e = append(*e, event) }

// StartTimer says that the timing of label begins, and returns when.
func StartTimer(w io.Writer, label string) time.Time {
	fmt.Fprintf(w, "  [%s] Starting...\n", label)
	return time.Now()
}

// StopTimer says how long it took since start.
func StopTimer(w io.Writer, label string, start time.Time) {
	fmt.Fprintf(w, "  [%s] Done in %.4fs\n", label, time.Since(start).Seconds())
}

// MockConnection is a connection to a database that is none.
type MockConnection struct {
	DSN       string
	Connected bool
	w         io.Writer
}

// Connect connects to dsn. The error is ctx's.
func Connect(ctx context.Context, w io.Writer, dsn string) (*MockConnection, error) {
	if err := Pause(ctx); err != nil {
		return nil, err
	}
	fmt.Fprintf(w, "  Connected to %s\n", dsn)
	return &MockConnection{DSN: dsn, Connected: true, w: w}, nil
}

// Close ends the connection. The error is ctx's.
func (c *MockConnection) Close(ctx context.Context) error {
	c.Connected = false
	fmt.Fprintf(c.w, "  Disconnected from %s\n", c.DSN)
	return Pause(ctx)
}

// Query returns one row. The error is ctx's.
func (c *MockConnection) Query(ctx context.Context, sql string) ([]map[string]string, error) {
	return []map[string]string{{"result": "data from: " + sql}}, Pause(ctx)
}

// Event is what EventStream yields.
type Event struct {
	ID   int
	Type string
}

// NewEvent returns event number id: clicks and scrolls take turns.
func NewEvent(id int) Event {
	if id%2 == 0 {
		return Event{id, "click"}
	}
	return Event{id, "scroll"}
}

// Processor gathers events under a name.
type Processor struct {
	Name   string
	Events []Event
	w      io.Writer
}

// StartProcessor says that a processor starts, and returns it.
func StartProcessor(w io.Writer, name string) *Processor {
	fmt.Fprintf(w, "  [%s] Processor started\n", name)
	return &Processor{Name: name, w: w}
}

// Done says how many events the processor has gathered.
func (p *Processor) Done() {
	fmt.Fprintf(p.w, "  [%s] Processor done: %d events\n", p.Name, len(p.Events))
}

// Add gathers an event.
func (p *Processor) Add(e Event) { p.Events = append(p.Events, e) }

// ErrConnectionLost is what goes wrong in cell 15.
var ErrConnectionLost = errors.New("connection lost")

// Safe is a resource that says what becomes of it.
type Safe struct {
	Name string
	w    io.Writer
}

// AcquireSafe acquires the resource.
func AcquireSafe(w io.Writer, name string) *Safe {
	fmt.Fprintf(w, "  %s: acquired\n", name)
	return &Safe{name, w}
}

// Failed says what went wrong while the resource was in use.
func (s *Safe) Failed(err error) { fmt.Fprintf(s.w, "  %s: error occurred - %v\n", s.Name, err) }

// Release releases the resource.
func (s *Safe) Release() { fmt.Fprintf(s.w, "  %s: released\n", s.Name) }

// OpenStream says that a stream is opened, and CloseStream that it is closed.
func OpenStream(w io.Writer) { fmt.Fprintln(w, "  Stream: opened") }

// CloseStream says that a stream is closed.
func CloseStream(w io.Writer) { fmt.Fprintln(w, "  Stream: closed (cleanup done)") }
