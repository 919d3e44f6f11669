namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>A request as far as rules look at it. It holds nothing: the caller's buffers stay the caller's.</summary>
/// <param name="host">without the port, in any case; a dot at its end counts for nothing</param>
/// <param name="path">begins with /, without the query, normalised as the backend will see it</param>
/// <param name="method">as sent</param>
/// <param name="values">headers, query parameters, cookies</param>
public readonly ref struct RequestShape(ReadOnlySpan<char> host, ReadOnlySpan<char> path, ReadOnlySpan<char> method, IRequestValues values)
{
    public ReadOnlySpan<char> Host { get; } = host is [.. var front, '.'] ? front : host;

    public ReadOnlySpan<char> Path { get; } = path;

    public ReadOnlySpan<char> Method { get; } = method;

    public IRequestValues Values { get; } = values;
}
