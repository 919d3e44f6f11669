using Vitrine.Bench.Api;

// serve DIRECTORY PORT   the child: an API server with a directory of its own
// DIRECTORY [ROUNDS]     the bench; DIRECTORY must be on the disk to be measured, not tmpfs
if (args is ["serve", var directory, var port])
{
    await ServerChild.RunAsync(directory, int.Parse(port));
    return 0;
}

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Vitrine.Bench.Api DIRECTORY [ROUNDS]   (DIRECTORY on the disk to measure)");
    return 2;
}

await Bench.RunAsync(args[0], args.Length > 1 ? int.Parse(args[1]) : 5);
return 0;
