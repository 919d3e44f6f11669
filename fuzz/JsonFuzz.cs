using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.Fuzz;

/// <summary>A request body as JSON, through decoding, defaults, validation and the table's row.</summary>
internal static class JsonFuzz
{
    public static string[] Seeds { get; } =
    [
        """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"b","labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"1"}},"ports":[{"containerPort":80}],"env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}]}],"volumes":[{"name":"v","emptyDir":{}}]}}""",
        """{"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z","ownerReferences":[{"uid":"1"}]},"status":{"phase":"Running","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":1}}}]}}""",
        """{"spec":{"tolerations":[{"key":"a"}],"containers":null,"initContainers":[null,{}]}}""",
    ];

    public static void Parse(byte[] input) => Run(input, "application/json");

    public static void Run(byte[] input, string contentType)
    {
        foreach (var kind in (Kind[])[CoreKinds.Pod, CoreKinds.Secret, CoreKinds.Node])
        {
            try
            {
                var obj = ObjectDecoder.Decode(input, contentType, kind, FieldValidation.Ignore, []);
                kind.Default(obj);
                ObjectValidator.Validate(kind, obj, null);
                ObjectValidator.Validate(kind, obj, obj);
                kind.Table.Row(obj, DateTimeOffset.UnixEpoch);
            }
            catch (ApiException e) when (e.Code is 400 or 415)
            {
                // What a bad body is answered with.
            }
        }
    }
}
