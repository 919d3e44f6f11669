using System.CommandLine;
using Vitrine.Attaching;
using Vitrine.Installing;

namespace Vitrine.Verbs;

/// <summary>`vitrine install --print`: everything Vitrine needs on a cluster that others run, for kubectl apply.</summary>
internal static class InstallVerb
{
    public static Command Create()
    {
        var print = new Option<bool>("--print") { Description = "Print the manifests: vitrine install --print | kubectl apply -f -" };
        var set = new Option<string[]>("--set") { Description = "NAME=VALUE of a setting, as often as need be." };
        var file = new Option<string?>("--values") { Description = "File of settings, NAME: VALUE a line." };
        var settings = new Option<bool>("--settings") { Description = "Print the settings there are, with what each means." };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Cluster it is for: its API server's URL and version are taken from there." };
        var command = new Command("install", "Print the manifests that install Vitrine on a cluster that others run.") { print, set, file, settings, kubeconfig };
        command.SetAction(async (parse, ct) =>
        {
            if (parse.GetValue(settings))
            {
                Console.Write(Chart.Settings());
                return 0;
            }

            if (!parse.GetValue(print))
            {
                throw new CommandFailure("install changes nothing by itself", "vitrine install --print | kubectl apply -f - does");
            }

            var values = Chart.Values();
            if (parse.GetValue(kubeconfig) is { } cluster)
            {
                values = values.With(await TargetCluster.AskAsync(cluster, ct));
            }

            if (parse.GetValue(file) is { } given)
            {
                values = values.With(Read(given).All);
            }

            values = values.With((parse.GetValue(set) ?? []).Select(ChartValues.Setting));
            ComponentList.Parse(values["components"]);
            Console.Write(Chart.Render(Chart.Template(), values));
            return 0;
        });
        return command;
    }

    private static ChartValues Read(string file)
    {
        try
        {
            return ChartValues.Read(File.ReadAllText(file));
        }
        catch (FormatException e)
        {
            throw new CommandFailure($"--values {file}: {e.Message}", "vitrine install --settings prints one to begin with");
        }
    }
}
