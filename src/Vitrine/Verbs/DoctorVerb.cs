using System.CommandLine;
using System.Text.Json;
using Vitrine.Doctor;

namespace Vitrine.Verbs;

/// <summary>`vitrine doctor`: each requirement, whether this machine meets it, and the remedy; then the running clusters' data paths. Exit code 1 when one is missing.</summary>
internal static class DoctorVerb
{
    public static Command Create()
    {
        var output = VerbOptions.Output();
        var command = new Command("doctor", "Check what Vitrine needs of this machine, and the data path of the clusters that run on it.") { output };
        command.SetAction(async (parse, ct) =>
        {
            IReadOnlyList<Finding> findings = [.. Examination.Run(), .. await ClusterExamination.RunAsync(ct)];
            if (parse.GetValue(output) == "json")
            {
                Console.WriteLine(JsonSerializer.Serialize(findings, VerbJson.Default.IReadOnlyListFinding));
            }
            else
            {
                var table = new TextTable("REQUIREMENT", "STATE", "WHY", "FIX");
                foreach (var f in findings)
                {
                    table.Add(f.Requirement, f.State, f.Why, f.Fix);
                }

                table.Print(Console.Out);
            }

            return findings.Any(f => f.State == "missing") ? 1 : 0;
        });
        return command;
    }
}
