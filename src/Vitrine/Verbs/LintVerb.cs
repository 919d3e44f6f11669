using System.CommandLine;
using System.Text.Json;
using Vitrine.Linting;
using Vitrine.Manifests;

namespace Vitrine.Verbs;

/// <summary>`vitrine lint -f DIR`: what is wrong with manifests, before anything is applied. Exit code 0 for nothing, 1 for errors (and warnings with --strict), 2 for what cannot be read.</summary>
internal static class LintVerb
{
    public const string Name = "lint";

    /// <summary>Exit code of a question that cannot be put.</summary>
    public const int Unusable = 2;

    public static Command Create()
    {
        var files = new FileOptions();
        var ns = new Option<string>("--namespace", "-n") { Description = "Namespace of objects that name none.", DefaultValueFactory = _ => "default" };
        var strict = new Option<bool>("--strict") { Description = "Fail on warnings too." };
        var output = new Option<string>("--output", "-o") { Description = "Output format.", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "json");
        var command = new Command(Name, "Find what is wrong with manifests without a cluster: the API server's, the controllers' and the gateway's own code judge them.") { ns, strict, output };
        files.AddTo(command);
        command.SetAction(parse =>
        {
            var cluster = Draft(parse, files, parse.GetValue(ns)!);
            var report = LintReport.Of(cluster.Objects.Count, LintRules.Check(cluster));
            if (parse.GetValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(report, VerbJson.Default.LintReport));
            else
                LintText.Print(Console.Out, report);
            return report.Errors > 0 || (parse.GetValue(strict) && report.Warnings > 0) ? 1 : 0;
        });
        return command;
    }

    private static DraftedCluster Draft(ParseResult parse, FileOptions files, string ns)
    {
        try
        {
            return files.Given(parse) ? files.Draft(parse, ns) : throw new CommandFailure("lint: of what?", "name files or folders: vitrine lint -f DIR");
        }
        catch (CommandFailure failure)
        {
            throw new CommandFailure(failure.Message, failure.Remedy) { ExitCode = Unusable };
        }
    }
}
