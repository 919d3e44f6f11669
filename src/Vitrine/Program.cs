using System.CommandLine;
using Vitrine.Verbs;

namespace Vitrine;

/// <summary>The vitrine command: one file per verb under Verbs/.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => RunAsync(args);

    internal static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Vitrine: the Kubernetes network in a glass case.")
        {
            UpVerb.Create(),
            DownVerb.Create(),
            StatusVerb.Create(),
            MapVerb.Create(),
            ExplainVerb.Create(),
            LintVerb.Create(),
            PolicyVerb.Create(),
            DataplaneVerb.Create(),
            DoctorVerb.Create(),
            LogsVerb.Create(),
            KubeconfigVerb.Create(),
            ImageVerb.Create(),
            ServerVerb.Create(),
            NodeVerb.Create(),
            GatewayVerb.Create(),
            ControllerVerb.Create(),
            InstallVerb.Create(),
            UninstallVerb.Create(),
            TokenVerb.Create(),
            BackupVerb.Create(),
            RestoreVerb.Create(),
            SuperviseVerb.Create(),
        };
        try
        {
            var parse = root.Parse(args);
            var code = await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
            return parse.Errors.Count > 0 && parse.CommandResult.Command.Name == LintVerb.Name ? LintVerb.Unusable : code;
        }
        catch (CommandFailure failure)
        {
            return Fail(failure.Message, failure.Remedy, failure.ExitCode);
        }
        catch (OperationCanceledException)
        {
            return Fail("interrupted", "run the command again to finish; it goes on where it stopped");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Linux.Interop.LinuxException)
        {
            return Fail(e.Message, "vitrine doctor shows what this machine lacks");
        }
        catch (Exception e) when (Environment.GetEnvironmentVariable("VITRINE_DEBUG") is null)
        {
            return Fail($"{e.GetType().Name}: {e.Message}", "this is a fault of Vitrine; VITRINE_DEBUG=1 shows where it happened");
        }
    }

    private static int Fail(string message, string? remedy, int code = 1)
    {
        Console.Error.WriteLine($"error: {message}");
        if (remedy is not null)
        {
            Console.Error.WriteLine($"do this: {remedy}");
        }

        return code;
    }
}
