using System.Runtime.CompilerServices;

namespace Vitrine.Linux.Interop;

/// <summary>Takes errno before the arguments of a message are formatted, and formats nothing when the call succeeded.</summary>
[InterpolatedStringHandler]
internal ref struct AttemptText
{
    private DefaultInterpolatedStringHandler text;

    public AttemptText(int literalLength, int formattedCount, nint result, out bool failed)
    {
        failed = result < 0;
        if (!failed)
            return;
        Errno = LibC.LastErrno;
        text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
    }

    internal int Errno { get; }

    public void AppendLiteral(string literal) => text.AppendLiteral(literal);

    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

    public override string ToString() => text.ToStringAndClear();
}
