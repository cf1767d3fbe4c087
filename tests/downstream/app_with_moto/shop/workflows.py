"""What runs by itself: functions of Lambda, state machines of Step Functions, rules of EventBridge, and their roles."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from typing import Any

from botocore.exceptions import ClientError

from shop.aws import client, code_of, pages

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}


class Roles:
    """Roles of IAM, under the path of the shop."""

    PATH = "/shop/"

    def __init__(self) -> None:
        self.iam = client("iam")

    def ensure(self, name: str, *actions: str) -> str:
        """A role that may do these things, made where it is missing; returns its ARN."""
        try:
            arn = self.iam.get_role(RoleName=name)["Role"]["Arn"]
        except ClientError as error:
            if code_of(error) != "NoSuchEntity":
                raise
            trust = json.dumps(TRUST)
            arn = self.iam.create_role(RoleName=name, Path=self.PATH, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        if actions:
            statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
        return str(arn)

    def actions(self, name: str) -> list[str]:
        """What a role may do."""
        document = self.iam.get_role_policy(RoleName=name, PolicyName="own")["PolicyDocument"]
        return list(document["Statement"][0]["Action"])

    def share(self, policy: str, *roles: str) -> str:
        """One policy for several roles; returns its ARN."""
        statement = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        arn = self.iam.create_policy(PolicyName=policy, Path=self.PATH, PolicyDocument=document)["Policy"]["Arn"]
        for role in roles:
            self.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
        return str(arn)

    def shared(self, role: str) -> list[str]:
        """The names of a role's shared policies."""
        found = pages(self.iam, "list_attached_role_policies", "AttachedPolicies", RoleName=role)
        return [each["PolicyName"] for each in found]

    def names(self) -> list[str]:
        """The roles of the shop."""
        return [each["RoleName"] for each in pages(self.iam, "list_roles", "Roles", PathPrefix=self.PATH)]

    def remove(self, name: str) -> None:
        """Delete a role and what hangs on it."""
        for policy in self.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            self.iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        for own in self.iam.list_role_policies(RoleName=name)["PolicyNames"]:
            self.iam.delete_role_policy(RoleName=name, PolicyName=own)
        self.iam.delete_role(RoleName=name)


class Functions:
    """Functions of Lambda, each of one file."""

    def __init__(self) -> None:
        self.lambdas = client("lambda")

    def deploy(self, name: str, role: str, source: str, **environment: str) -> str:
        """Make or update a function; returns its published version."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("handler.py", source)
        try:
            answer = self.lambdas.create_function(
                FunctionName=name,
                Runtime="python3.12",
                Role=role,
                Handler="handler.handle",
                Code={"ZipFile": archive.getvalue()},
                Timeout=15,
                MemorySize=256,
                Environment={"Variables": environment},
                Publish=True,
            )
        except ClientError as error:
            if code_of(error) != "ResourceConflictException":
                raise
            answer = self.lambdas.update_function_code(FunctionName=name, ZipFile=archive.getvalue(), Publish=True)
        self.lambdas.get_waiter("function_active_v2").wait(FunctionName=name)
        return str(answer["Version"])

    def point(self, name: str, alias: str, version: str) -> None:
        """Let an alias stand for a version."""
        try:
            self.lambdas.update_alias(FunctionName=name, Name=alias, FunctionVersion=version)
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            self.lambdas.create_alias(FunctionName=name, Name=alias, FunctionVersion=version)

    def version_of(self, name: str, alias: str) -> str:
        """The version that an alias stands for."""
        return str(self.lambdas.get_alias(FunctionName=name, Name=alias)["FunctionVersion"])

    def configure(self, name: str, **settings: Any) -> dict[str, Any]:
        """Change settings of a function, and return all."""
        return dict(self.lambdas.update_function_configuration(FunctionName=name, **settings))

    def feed(self, name: str, queue: str) -> str:
        """Call a function with the messages of a queue; returns the state of that."""
        mapping = self.lambdas.create_event_source_mapping(FunctionName=name, EventSourceArn=queue, BatchSize=5)
        return str(self.lambdas.get_event_source_mapping(UUID=mapping["UUID"])["State"])

    def names(self) -> list[str]:
        """All functions."""
        return [each["FunctionName"] for each in pages(self.lambdas, "list_functions", "Functions")]

    def remove(self, name: str) -> None:
        """Delete a function."""
        self.lambdas.delete_function(FunctionName=name)


class Machines:
    """State machines."""

    def __init__(self, role: str) -> None:
        self.states, self.role = client("stepfunctions"), role

    def create(self, name: str, *steps: str) -> str:
        """A machine that goes through steps; returns its ARN."""
        states: dict[str, Any] = {step: {"Type": "Pass", "Next": after} for step, after in itertools.pairwise(steps)}
        states[steps[-1]] = {"Type": "Pass", "End": True}
        definition = json.dumps({"StartAt": steps[0], "States": states})
        return str(
            self.states.create_state_machine(name=name, definition=definition, roleArn=self.role)["stateMachineArn"]
        )

    def start(self, machine: str, name: str, order: str) -> str:
        """Run a machine for an order; returns the ARN of the execution."""
        text = json.dumps({"order": order})
        return str(self.states.start_execution(stateMachineArn=machine, name=name, input=text)["executionArn"])

    def status(self, execution: str) -> str:
        """The status of an execution."""
        return str(self.states.describe_execution(executionArn=execution)["status"])

    def stop(self, execution: str) -> None:
        """End an execution."""
        self.states.stop_execution(executionArn=execution, error="Stopped", cause="the order was cancelled")

    def running(self, machine: str) -> list[str]:
        """The names of executions that go on."""
        found = pages(self.states, "list_executions", "executions", stateMachineArn=machine, statusFilter="RUNNING")
        return [each["name"] for each in found]

    def steps(self, machine: str) -> list[str]:
        """The steps of a machine."""
        definition = self.states.describe_state_machine(stateMachineArn=machine)["definition"]
        return list(json.loads(definition)["States"])


class Schedule:
    """Rules of EventBridge."""

    def __init__(self) -> None:
        self.events = client("events")

    def every(self, name: str, rate: str, target: str) -> str:
        """Call a target at a rate; returns the ARN of the rule."""
        arn = self.events.put_rule(Name=name, ScheduleExpression=rate, State="ENABLED")["RuleArn"]
        self.events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": target}])
        return str(arn)

    def on(self, name: str, detail_type: str, target: str) -> None:
        """Call a target for each event of a type."""
        pattern = json.dumps({"source": ["shop"], "detail-type": [detail_type]})
        self.events.put_rule(Name=name, EventPattern=pattern)
        self.events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": target}])

    def emit(self, detail_type: str, **detail: str) -> int:
        """Emit an event; returns how many failed."""
        entry = {"Source": "shop", "DetailType": detail_type, "Detail": json.dumps(detail)}
        return int(self.events.put_events(Entries=[entry])["FailedEntryCount"])

    def targets(self, name: str) -> list[str]:
        """What a rule calls."""
        return [each["Arn"] for each in self.events.list_targets_by_rule(Rule=name)["Targets"]]

    def pause(self, name: str) -> str:
        """Let a rule rest; returns its state."""
        self.events.disable_rule(Name=name)
        return str(self.events.describe_rule(Name=name)["State"])

    def remove(self, name: str) -> None:
        """Delete a rule and its targets."""
        ids = [each["Id"] for each in self.events.list_targets_by_rule(Rule=name)["Targets"]]
        self.events.remove_targets(Rule=name, Ids=ids)
        self.events.delete_rule(Name=name)
