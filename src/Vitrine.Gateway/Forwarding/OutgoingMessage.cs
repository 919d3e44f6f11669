namespace Vitrine.Gateway.Forwarding;

/// <summary>What is to be sent, for HttpClient: it keeps headers of the body with the body. Values go as they are.</summary>
internal static class OutgoingMessage
{
    private static readonly UriCreationOptions AsIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <param name="request">what is to be sent</param>
    /// <param name="to">with its body, where there is one</param>
    /// <param name="prefix">scheme and address of the endpoint</param>
    public static void Fill(OutgoingRequest request, HttpRequestMessage to, string prefix)
    {
        to.RequestUri = new Uri(prefix + request.Target, AsIs);
        to.Headers.Host = request.Host;
        foreach (var (name, value) in request.Lines)
            if (value.AsSpan().IndexOfAny('\r', '\n') < 0 && !to.Headers.TryAddWithoutValidation(name, value))
                (to.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        if (to.Content is { } content && request.Length is { } length)
            content.Headers.ContentLength = length;
    }
}
