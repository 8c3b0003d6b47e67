// Package want is what the tests of the golden cases are written with.
package want

import (
	"errors"
	"iter"
	"reflect"
	"testing"
)

// All wants seq to yield exactly these elements, and no error.
func All[T any](t *testing.T, seq iter.Seq2[T, error], elements ...T) {
	t.Helper()
	got, err := drain(t, seq, -1)
	if err != nil {
		t.Errorf("error %v", err)
	}
	same(t, got, elements)
}

// Fails wants seq to yield these elements, and then an error that is target, once and last.
func Fails[T any](t *testing.T, seq iter.Seq2[T, error], target error, elements ...T) {
	t.Helper()
	got, err := drain(t, seq, -1)
	if !errors.Is(err, target) {
		t.Errorf("error %v, want %v", err, target)
	}
	same(t, got, elements)
}

// First wants seq to begin with these elements, and leaves it behind the last of them.
func First[T any](t *testing.T, seq iter.Seq2[T, error], elements ...T) {
	t.Helper()
	got, err := drain(t, seq, len(elements))
	if err != nil {
		t.Errorf("error %v", err)
	}
	same(t, got, elements)
}

// Value wants a call to return value, and no error.
func Value[T any](t *testing.T, value T) func(T, error) {
	t.Helper()
	return func(got T, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("error %v", err)
		}
		same(t, got, value)
	}
}

// Error wants a call to return the zero value, and an error that is target.
func Error[T any](t *testing.T, target error) func(T, error) {
	t.Helper()
	return func(got T, err error) {
		t.Helper()
		if !errors.Is(err, target) {
			t.Errorf("error %v, want %v", err, target)
		}
		var zero T
		same(t, got, zero)
	}
}

// Found wants a call to return value and true; Nothing wants it to return false.
func Found[T any](t *testing.T, value T) func(T, bool, error) {
	t.Helper()
	return func(got T, ok bool, err error) {
		t.Helper()
		if !ok || err != nil {
			t.Errorf("found %v, error %v", ok, err)
		}
		same(t, got, value)
	}
}

// Nothing wants a call to return the zero value, false, and an error that is target; nil for none.
func Nothing[T any](t *testing.T, target error) func(T, bool, error) {
	t.Helper()
	return func(got T, ok bool, err error) {
		t.Helper()
		if ok || !errors.Is(err, target) {
			t.Errorf("found %v, error %v, want %v", ok, err, target)
		}
		var zero T
		same(t, got, zero)
	}
}

// Same wants two values to be deeply equal.
func Same[T any](t *testing.T, got, value T) {
	t.Helper()
	same(t, got, value)
}

func drain[T any](t *testing.T, seq iter.Seq2[T, error], most int) (all []T, failed error) {
	t.Helper()
	if most == 0 {
		return nil, nil
	}
	for v, err := range seq {
		if failed != nil {
			t.Errorf("%v, %v behind the error", v, err)
		}
		if failed = err; err != nil {
			continue
		}
		all = append(all, v)
		if len(all) == most {
			break
		}
	}
	return all, failed
}

func same[T any](t *testing.T, got, want T) {
	t.Helper()
	a, b := reflect.ValueOf(got), reflect.ValueOf(want)
	if a.IsValid() && a.Kind() == reflect.Slice && a.Len() == 0 && b.Len() == 0 {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
