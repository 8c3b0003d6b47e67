// The comparisons with other libraries have their dependencies here, so that asyncgen itself stays light.
module github.com/asyncgen/asyncgen/internal/bench

go 1.25.0

require (
	github.com/asyncgen/asyncgen v0.0.0
	github.com/jackc/puddle/v2 v2.2.3
)

require golang.org/x/sync v0.1.0 // indirect

replace github.com/asyncgen/asyncgen => ../..
