using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Protobuf;
using Xunit;

namespace Vitrine.Unit.ApiServer.Protobuf;

public class RecordedBodyTests
{
    [Fact]
    public void What_kubectl_sends_decodes_to_what_kubectl_prints()
    {
        var compared = 0;
        foreach (var name in RecordedBodies.Names)
        {
            var printed = RecordedBodies.Printed(name);
            // A recorded kind is compared from the day it is served.
            if (KindList.All.FirstOrDefault(k => k.ApiVersion == (string?)printed["apiVersion"] && k.Name == (string?)printed["kind"]) is not { } kind)
            {
                continue;
            }
            List<string> warnings = [];

            var decoded = ObjectDecoder.Decode(RecordedBodies.Sent(name), ProtobufBody.MediaType, kind, FieldValidation.Strict, warnings);

            Assert.True(JsonNode.DeepEquals(printed, decoded), $"{name}: kubectl printed\n{printed}\nand its body decoded to\n{decoded}");
            Assert.Empty(warnings);
            compared++;
        }
        Assert.True(compared >= 5, $"only {compared} recorded bodies are of a served kind");
    }

    [Fact]
    public void Delete_options_of_a_drain_decode_to_no_options()
    {
        var options = ProtobufBody.Decode(RecordedBodies.Sent("deleteoptions-1.33"), "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions", "DeleteOptions");

        Assert.Equal("""{"apiVersion":"v1","kind":"DeleteOptions"}""", options.ToJsonString());
    }
}
