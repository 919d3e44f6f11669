using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Objects;

public class ObjectDecoderTests
{
    private const string Json = "application/json";

    [Theory]
    [InlineData("""{"spec":{"hostNetwork":"yes"}}""", "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool")]
    [InlineData("""{"spec":{"containers":{}}}""", "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container")]
    [InlineData("""{"spec":{"containers":[{"ports":[{"containerPort":1.5}]}]}}""", "json: cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32")]
    [InlineData("""{"spec":{"containers":[{"ports":[{"containerPort":3000000000}]}]}}""", "json: cannot unmarshal number 3000000000 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32")]
    [InlineData("""{"metadata":{"labels":{"a":1}}}""", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string")]
    [InlineData("""{"spec":{"containers":[{"resources":{"limits":{"cpu":"1x"}}}]}}""", Quantity.Expected)]
    [InlineData("""{"metadata":{"creationTimestamp":"soon"}}""", "parsing time \"soon\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"soon\" as \"2006\"")]
    public void A_value_of_the_wrong_type_is_named_as_Go_names_it(string body, string why)
    {
        var fault = Assert.Throws<ApiException>(() => Sample.Decode(CoreKinds.Pod, body, contentType: Json));
        Assert.Equal(400, fault.Code);
        Assert.Equal("BadRequest", fault.Reason);
        Assert.Equal("Pod in version \"v1\" cannot be handled as a Pod: " + why, fault.Message);
    }

    [Fact]
    public void Strict_names_all_unknown_and_duplicate_fields()
    {
        const string body = """{"metadata":{"name":"a","name":"b"},"spec":{"containers":[{"name":"c","imge":"x"}],"foo":1}}""";
        var fault = Assert.Throws<ApiException>(() => Sample.Decode(CoreKinds.Pod, body, contentType: Json));
        Assert.EndsWith("strict decoding error: duplicate field \"metadata.name\", unknown field \"spec.containers[0].imge\", unknown field \"spec.foo\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Warn_keeps_the_rest_of_the_object_and_says_what_it_dropped()
    {
        var warnings = new List<string>();
        var pod = ObjectDecoder.Decode(Encoding.UTF8.GetBytes("""{"metadata":{"name":"a"},"spec":{"foo":1}}"""), Json, CoreKinds.Pod, FieldValidation.Warn, warnings);
        Assert.Equal(["unknown field \"spec.foo\""], warnings);
        Assert.Equal("""{"metadata":{"name":"a"},"spec":{},"apiVersion":"v1","kind":"Pod"}""", pod.ToJsonString());
    }

    [Fact]
    public void Nulls_are_absent_and_quantities_and_times_take_their_canonical_form()
    {
        var pod = Sample.Decode(CoreKinds.Pod,
            """{"metadata":{"creationTimestamp":null,"deletionTimestamp":"2026-01-02T03:04:05.678+01:00"},"spec":{"containers":[{"resources":{"limits":{"cpu":0.5,"memory":"2048Mi"}}}]}}""", contentType: Json);
        Assert.Equal("""{"deletionTimestamp":"2026-01-02T02:04:05Z"}""", pod["metadata"]!.ToJsonString());
        Assert.Equal("""{"cpu":"500m","memory":"2Gi"}""", pod["spec"]!["containers"]![0]!["resources"]!["limits"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Pod"}""", "the API version in the data (apps/v1) does not match the expected API version (v1)")]
    [InlineData("""{"apiVersion":"v1","kind":"Secret"}""", "Secret in version \"v1\" cannot be handled as a Pod: converting (v1.Secret) to (v1.Pod): unknown conversion")]
    [InlineData("""{"kind":1}""", "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string")]
    public void Another_kind_is_refused(string body, string message)
    {
        var fault = Assert.Throws<ApiException>(() => Sample.Decode(CoreKinds.Pod, body, contentType: Json));
        Assert.Equal((400, message), (fault.Code, fault.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{} x")]
    [InlineData("{\"a\":1e999}")]
    [InlineData("{\"metadata\":{\"name\":\"\\ud800\"}}")]
    public void What_is_no_object_is_a_bad_request(string body)
    {
        var fault = Assert.Throws<ApiException>(() => Sample.Decode(CoreKinds.Pod, body, contentType: Json));
        Assert.Equal(400, fault.Code);
        Assert.StartsWith("the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_without_running_out_of_stack()
    {
        var body = string.Concat(Enumerable.Repeat("{\"a\":", 100_000));
        var fault = Assert.Throws<ApiException>(() => Sample.Decode(CoreKinds.Pod, body, contentType: Json));
        Assert.EndsWith("exceeded max depth of 128", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_content_types_are_refused_with_the_list_of_those_taken()
    {
        var fault = Assert.Throws<ApiException>(() => Sample.Decode(CoreKinds.Pod, "{}", contentType: "text/plain"));
        Assert.Equal(415, fault.Code);
        Assert.Equal("the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf", fault.Message);
    }

    [Fact]
    public void Unchanged_objects_come_back_as_they_went_in()
    {
        var pod = Sample.Pod();
        var again = Sample.Decode(CoreKinds.Pod, pod.ToJsonString(), contentType: Json);
        CoreKinds.Pod.Default(again);
        Assert.True(JsonNode.DeepEquals(pod, again));
    }
}
