namespace Vitrine.Agent.Streaming;

/// <summary>Which of a process's streams the client wants.</summary>
internal readonly record struct StreamChoice(bool Stdin, bool Stdout, bool Stderr, bool Tty);
