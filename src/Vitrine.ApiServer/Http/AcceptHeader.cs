using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Http;

/// <summary>Chooses the answer's form. JSON only: a client that prefers protobuf but also takes JSON gets JSON.</summary>
internal static class AcceptHeader
{
    /// <summary>The first form in the client's order that is served; throws a 406 when there is none.</summary>
    public static ResponseForm Negotiate(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return ResponseForm.Object;
        }

        foreach (string range in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "*/*" or "application/*"))
            {
                continue;
            }

            switch (Parameter(parts, "as"), Parameter(parts, "g"), Parameter(parts, "v"))
            {
                case (null, _, _):
                    return ResponseForm.Object;
                case ("Table", "meta.k8s.io", "v1"):
                    return ResponseForm.Table;
                case ("PartialObjectMetadata" or "PartialObjectMetadataList", "meta.k8s.io", "v1"):
                    return ResponseForm.PartialMetadata;
            }
        }

        throw ApiErrors.NotAcceptable();
    }

    private static string? Parameter(string[] parts, string name)
    {
        foreach (string part in parts.AsSpan(1))
        {
            if (part.Length > name.Length && part[name.Length] == '=' && part.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return part[(name.Length + 1)..];
            }
        }

        return null;
    }
}
