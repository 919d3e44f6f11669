// Every answer has a name's room on the stack, all of it written before it is read: to clear it first is a tenth of an answer's work.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
