package model

import (
	"go/types"
	"slices"
	"time"
)

// Resource is something that is acquired and released.
type Resource struct {
	Definition
	Elem           types.Type // of what is acquired; nil where acquire gives no value
	V, Err         *types.Var // what the expressions of the release see
	Acquire        *Expr
	Release        *Expr // nil where left out, as OnError and Suppress
	OnError        *Expr
	Suppress       *Expr
	ReleaseTimeout *Duration // nil: the release has all the time it wants
	Pool           *Pool     // nil where each use acquires its own
}

// Pool says how a resource is kept and lent again.
type Pool struct {
	Max         *Expr     // nil: no limit but that of an int
	MaxIdle     *Duration // nil where left out, as MaxLifetime
	MaxLifetime *Duration
	Check       *Expr // nil where left out
}

// Duration is a length of time: a constant, or an expression that is evaluated once.
type Duration struct {
	Value time.Duration
	Expr  *Expr // nil: Value
}

// With is a resource that a definition holds while it runs: one of its own, or a loan of a pool.
type With struct {
	Var      *types.Var // how the definition calls it; nil where it has no value
	Resource *Resource
	Args     []*Expr
	Pool     *Expr // nil: acquired; else the pool that lends it
}

// Suppresses reports whether a resource, or one that it needs, keeps an error of its body to itself.
func (r *Resource) Suppresses() bool { return r.Suppress != nil || Suppress(r.With) }

// Suppress reports whether one of some resources keeps an error of its body to itself.
func Suppress(all []*With) bool {
	return slices.ContainsFunc(all, func(w *With) bool { return w.Resource.Suppresses() })
}

// FuncName returns the name of the func that runs a body with the resource.
func (r *Resource) FuncName() string { return WithName(r.Name) }

// WithName returns the name of the func that runs a body with a resource of that name.
func WithName(resource string) string { return prefixed("With", "with", resource) }

// PoolName returns the name of the type of a resource's pool.
func PoolName(resource string) string { return resource + "Pool" }

// PoolNames returns the names of all package-level declarations that the pool of a resource of that name brings along.
func PoolNames(resource string) []string {
	return []string{PoolName(resource), NewPoolName(resource), PoolStatsName(resource), PoolErrName(resource)}
}

// PoolStatsName returns the name of the type of a pool's statistics.
func PoolStatsName(resource string) string { return PoolName(resource) + "Stats" }

// PoolErrName returns the name of the error of a pool that is closed.
func PoolErrName(resource string) string {
	return prefixed("Err", "err", PoolName(resource)) + "Closed"
}

// NewPoolName returns the name of the func that makes a resource's pool.
func NewPoolName(resource string) string { return prefixed("New", "new", PoolName(resource)) }
